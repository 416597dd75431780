package io.rpaworker.ops.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How records are added. */
final class AddOptions {

    @Option(names = "--flow", required = true, paramLabel = "FLOW", description = "Whose records they are.")
    String flow = "";

    @Option(
            names = "--key",
            paramLabel = "FIELD",
            description = "The payload's field that is the record's key: what the flow has already is not added again.")
    @Nullable
    String key;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "json or csv; by the file's name if it is not given, and json of standard input.")
    @Nullable
    String format;

    @Option(
            names = "--delimiter",
            paramLabel = "CHARACTER",
            defaultValue = ",",
            description = "What separates fields of CSV; ${DEFAULT-VALUE} if it is not given.")
    char delimiter;

    @Option(names = "--plain", description = "Every line is a payload, also one that has a field payload.")
    boolean plain;

    @Option(
            names = "--any-status",
            description = "Add as pending also what was not, of a file that queue export has written.")
    boolean anyStatus;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many are added in one transaction; ${DEFAULT-VALUE} if it is not given.")
    int batch;

    @Option(names = "--skip", paramLabel = "N", description = "Leave out the first N records, which were added before.")
    @Nullable
    Long skip;
}
