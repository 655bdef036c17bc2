package dev.polyak;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.stream.Stream;

/** What a user of a class sees of it: its supertypes, and the types of its public and protected members. */
final class ApiSignatures {
    private ApiSignatures() {}

    static ArchCondition<JavaClass> nameNothingInternal() {
        return new ArchCondition<>("name nothing internal in what a user sees") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                seen(type)
                        .filter(other -> other.getPackageName().contains(".internal"))
                        .forEach(other -> events.add(SimpleConditionEvent.violated(
                                type, type.getName() + " shows " + other.getName() + " to its users")));
            }
        };
    }

    private static Stream<JavaClass> seen(JavaClass type) {
        Stream<JavaType> supertypes = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
        Stream<JavaType> members =
                type.getMembers().stream().filter(ApiSignatures::isVisible).flatMap(ApiSignatures::types);
        return Stream.concat(supertypes, members).flatMap(used -> used.getAllInvolvedRawTypes().stream());
    }

    private static boolean isVisible(JavaMember member) {
        return member.getModifiers().contains(JavaModifier.PUBLIC)
                || member.getModifiers().contains(JavaModifier.PROTECTED);
    }

    private static Stream<JavaType> types(JavaMember member) {
        if (member instanceof JavaField field) {
            return Stream.of(field.getType());
        }
        JavaCodeUnit method = (JavaCodeUnit) member;
        return Stream.concat(Stream.of(method.getReturnType()), method.getParameterTypes().stream());
    }
}
