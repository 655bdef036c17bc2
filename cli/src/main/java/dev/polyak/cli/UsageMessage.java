package dev.polyak.cli;

import dev.polyak.cli.console.Text;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in the same style as all other sentences. */
final class UsageMessage {
    private static final Pattern WORD = Pattern.compile("\\p{Lu}\\p{Ll}+ ");

    private UsageMessage() {}

    static String of(ParameterException e) {
        String message = String.valueOf(e.getMessage()).strip();
        message = message.startsWith("Error: ") ? message.substring("Error: ".length()) : message;
        if (e instanceof UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().get(0);
            if (e.getCommandLine().getParent() == null && !first.startsWith("-")) {
                message = "there is no command " + Text.quoted(first);
            }
            List<String> meant = unmatched.getSuggestions();
            if (!meant.isEmpty()) {
                message += "; did you mean " + String.join(" or ", meant) + "?";
            }
        }
        return decapitalized(message.replace("\n", " "));
    }

    /** Begins with a small letter, unless it begins with a name, such as {@code EMAHook}. */
    private static String decapitalized(String message) {
        boolean word = WORD.matcher(message).lookingAt();
        return word ? Character.toLowerCase(message.charAt(0)) + message.substring(1) : message;
    }
}
