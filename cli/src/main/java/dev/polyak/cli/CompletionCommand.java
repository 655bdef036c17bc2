package dev.polyak.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code polyak completion}: prints the script with which a shell completes what is typed. */
@Command(
        name = "completion",
        description = {
            "Print a script that lets bash and zsh complete commands, options and their values after Tab.",
            "",
            "bash, this session:  source <(polyak completion)",
            "bash, from now on:   polyak completion > ~/.local/share/bash-completion/completions/polyak",
            "zsh, from now on:    polyak completion > ~/.polyak-completion, and in ~/.zshrc:",
            "                       autoload -U +X compinit && compinit",
            "                       autoload -U +X bashcompinit && bashcompinit",
            "                       source ~/.polyak-completion"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CompletionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine()
                .getOut()
                .print(AutoComplete.bash(spec.root().name(), spec.root().commandLine()));
        return 0;
    }
}
