package dev.polyak.cli.demo;

import static dev.polyak.cli.demo.CurveTable.percent;

import dev.polyak.cli.console.Json;
import dev.polyak.cli.console.Text;
import dev.polyak.cli.plot.Fonts;
import java.io.PrintWriter;

/**
 * What the demonstration tells its user in the end.
 *
 * @param outcome what it found
 * @param folder where its files are
 * @param drawn whether there is a picture
 */
record Report(Outcome outcome, RunFolder folder, boolean drawn) {
    /** Prints it for people. */
    void print(PrintWriter out) {
        CurveTable.print(outcome.curve(), out);
        int stop = outcome.stoppedAfter();
        out.println();
        out.println("averages on " + outcome.choice().device() + ": "
                + Text.printable(outcome.choice().reason()));
        out.println("stopped after epoch " + stop + " and resumed from its files: "
                + (outcome.sameBits()
                        ? "same bits as without the stop"
                        : "other bits than without the stop, which is an error in Polyak"));
        out.println("checkpoints " + (stop + 1) + " to " + outcome.epochs()
                + " averaged offline, BatchNorm's statistics too: " + percent(outcome.offline()));
        out.println();
        out.println(drawn ? folder.picture() + ": both curves" : Fonts.MISSING);
        out.println(folder.table() + ": the table");
        out.println(
                folder.model(outcome.epochs()) + ": the last model; optimizer-..., average-...: the rest of its state");
        out.println(folder.offlineAverage() + ": the offline average");
    }

    /** Writes it for programs. */
    void write(Json json) {
        json.member("folder", folder.path().toString())
                .member("seed", outcome.seed())
                .member("device", outcome.choice().device().toString())
                .member("device_reason", outcome.choice().reason())
                .objects(
                        "epochs",
                        outcome.curve(),
                        (row, epoch) -> row.member("epoch", epoch.number())
                                .member("loss", epoch.loss())
                                .member("raw_accuracy", epoch.raw())
                                .member("averaged_accuracy", epoch.averaged()))
                .object(
                        "resumed",
                        resumed -> resumed.member("after_epoch", outcome.stoppedAfter())
                                .member("same_bits", outcome.sameBits()))
                .object(
                        "offline",
                        offline -> offline.member("first_epoch", outcome.stoppedAfter() + 1)
                                .member("last_epoch", outcome.epochs())
                                .member("accuracy", outcome.offline())
                                .member("file", folder.offlineAverage().toString()))
                .member("table", folder.table().toString());
        if (drawn) {
            json.member("picture", folder.picture().toString());
        } else {
            json.nothing("picture");
        }
    }
}
