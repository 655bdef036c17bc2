package dev.polyak.cli.rule;

import dev.polyak.cli.console.EnumOption;
import dev.polyak.rule.BufferPolicy;
import dev.polyak.rule.IntegerPolicy;
import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.schedule.Warmup;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The values of options, read and listed. */
final class OptionValues {
    private OptionValues() {}

    static final class Orders extends EnumOption<UpdateFormula> {
        Orders() {
            super(UpdateFormula::label, UpdateFormula.values());
        }
    }

    static final class Buffers extends EnumOption<BufferPolicy> {
        Buffers() {
            super(policy -> policy.name().toLowerCase(Locale.ROOT), BufferPolicy.values());
        }
    }

    static final class Integers extends EnumOption<IntegerPolicy> {
        Integers() {
            super(
                    policy -> policy.name().toLowerCase(Locale.ROOT),
                    IntegerPolicy.COPY,
                    IntegerPolicy.FREEZE,
                    IntegerPolicy.TRUNCATE);
        }
    }

    static final class Warmups implements ITypeConverter<Warmup> {
        @Override
        public Warmup convert(String text) {
            try {
                return Warmup.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    static final class Cosines implements ITypeConverter<Schedule> {
        @Override
        public Schedule convert(String text) {
            String[] words = text.split(":", -1);
            if (words.length != 3) {
                throw wrong(text);
            }
            try {
                return Schedules.cosine(
                        Double.parseDouble(words[0]), Double.parseDouble(words[1]), Long.parseLong(words[2]));
            } catch (NumberFormatException e) {
                throw wrong(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }

        private static TypeConversionException wrong(String text) {
            return new TypeConversionException(
                    "'" + text + "' is no cosine; write FROM:TO:STEPS, such as 0.996:1:10000");
        }
    }

    /**
     * Numbers that are one value. (An array would be as many values of the option, which then could be given again.)
     *
     * @param numbers the numbers, in order
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record NumberList(double[] numbers) {}

    static final class Numbers implements ITypeConverter<NumberList> {
        @Override
        public NumberList convert(String text) {
            String[] words = text.split(",", -1);
            double[] numbers = new double[words.length];
            for (int i = 0; i < words.length; i++) {
                try {
                    numbers[i] = Double.parseDouble(words[i]);
                } catch (NumberFormatException e) {
                    throw new TypeConversionException("'" + words[i] + "' is not a number");
                }
            }
            return new NumberList(numbers);
        }
    }
}
