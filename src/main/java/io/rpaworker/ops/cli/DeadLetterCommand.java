package io.rpaworker.ops.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rpa deadletter}: by the old system's options, and by commands of its own. */
@Command(name = "deadletter", description = "Dead letters: list, group, analyse, export, retry and delete them.")
final class DeadLetterCommand implements Callable<Integer> {

    private static final String FIFTY = "50";
    private static final String ONLY_COUNT = "Say how many are meant, and do nothing.";

    @ArgGroup
    private @Nullable What what;

    @Option(names = "--details", description = "With --list, everything of each.")
    private boolean details;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Most of them: 50 if they are listed, all if they are exported.")
    private @Nullable Integer limit;

    @Mixin
    private MeantDeadLetters meant = new MeantDeadLetters();

    private final Rpa rpa;

    DeadLetterCommand(Rpa rpa) {
        this.rpa = rpa;
    }

    /** One of them; that it is analysed is what is left. */
    @SuppressWarnings("UnusedVariable")
    private static final class What {

        @Option(names = "--list", description = "List them, the last failed first.")
        private boolean list;

        @Option(names = "--analyze", description = "Say what they have in common, and what to look at.")
        private boolean analyze;

        @Option(names = "--export", paramLabel = "FILE", description = "Write them to a file; - is standard output.")
        private @Nullable Path export;

        @Option(names = "--retry", paramLabel = "ID", description = "Retry this one.")
        private @Nullable Long retry;

        @Option(names = "--retry-run", paramLabel = "RUN", description = "Retry what has failed of this run.")
        private @Nullable Long retryRun;

        @Option(
                names = "--purge",
                paramLabel = "DAYS",
                description = "Delete those that failed longer ago than so many days.")
        private @Nullable Integer purge;
    }

    @Override
    public Integer call() {
        var views = new DeadLetterViews(rpa, meant);
        boolean lists = what == null || what.list;
        if (details && !lists) {
            throw Refusal.usage("--details is for a list.");
        }
        if (limit != null && !lists && what != null && what.export == null) {
            throw Refusal.usage("--limit is for a list or an export.");
        }
        if (what == null || what.list) {
            return views.list(bounded(limit, Integer.parseInt(FIFTY)), details);
        }
        if (what.retry != null) {
            meant.one(what.retry);
            return new DeadLetterOrdering(rpa, meant).carryOut("retry", null, null, false);
        } else if (what.retryRun != null) {
            return new RunOrdering(rpa).retry(what.retryRun);
        } else if (what.purge != null) {
            return new DeadLetterOrdering(rpa, meant).carryOut("purge", what.purge, null, false);
        }
        Path file = what.export;
        return file == null ? views.analysis() : views.export(file, bounded(limit, Integer.MAX_VALUE));
    }

    @Command(name = "list", description = "List them, the last failed first; 3 if there is none.")
    int list(
            @Mixin MeantDeadLetters its,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = FIFTY,
                            description = "Most of them; ${DEFAULT-VALUE} if it is not given.")
                    int most,
            @Option(names = "--details", description = "Everything of each.") boolean all) {
        return new DeadLetterViews(rpa, its).list(bounded(most, most), all);
    }

    @Command(name = "groups", description = "Group them by their causes, the largest group first; 3 if there is none.")
    int groups(@Mixin MeantDeadLetters its) {
        return new DeadLetterViews(rpa, its).groups();
    }

    @Command(name = "analyze", description = "Say what they have in common; 3 if there is none.")
    int analyze(@Mixin MeantDeadLetters its) {
        return new DeadLetterViews(rpa, its).analysis();
    }

    @Command(name = "export", description = "Write them to a file; 3 if there is none.")
    int export(
            @Parameters(paramLabel = "FILE", description = "The file; - is standard output.") Path file,
            @Mixin MeantDeadLetters its,
            @Option(names = "--limit", paramLabel = "N", description = "Most of them; all if it is not given.")
                    @Nullable
                    Integer most) {
        return new DeadLetterViews(rpa, its).export(file, bounded(most, Integer.MAX_VALUE));
    }

    @Command(name = "retry", description = "Make them pending again, with all their attempts; 3 if there is none.")
    int retry(
            @Parameters(arity = "0..1", paramLabel = "ID", description = "This one.") @Nullable Long id,
            @Mixin MeantDeadLetters its,
            @Option(names = "--all", description = "All of all flows.") boolean all,
            @Option(
                            names = "--canary",
                            paramLabel = "N",
                            description = "Try the N oldest first, and the others once these are completed.")
                    @Nullable
                    Integer canary,
            @Option(names = "--dry-run", description = ONLY_COUNT) boolean dryRun) {
        return new DeadLetterOrdering(rpa, named(its, id, all)).carryOut("retry", null, canary, dryRun);
    }

    @Command(name = "discard", description = "Delete them, whatever their age; 3 if there is none.")
    int discard(
            @Parameters(arity = "0..1", paramLabel = "ID", description = "This one.") @Nullable Long id,
            @Mixin MeantDeadLetters its,
            @Option(names = "--all", description = "All of all flows.") boolean all,
            @Option(names = "--dry-run", description = ONLY_COUNT) boolean dryRun) {
        return new DeadLetterOrdering(rpa, named(its, id, all)).carryOut("discard", null, null, dryRun);
    }

    @Command(name = "purge", description = "Delete those that failed long ago; 3 if there is none.")
    int purge(
            @Parameters(paramLabel = "DAYS", description = "How many days ago at least.") int days,
            @Mixin MeantDeadLetters its,
            @Option(names = "--dry-run", description = ONLY_COUNT) boolean dryRun) {
        return new DeadLetterOrdering(rpa, its).carryOut("purge", days, null, dryRun);
    }

    private static MeantDeadLetters named(MeantDeadLetters its, @Nullable Long id, boolean all) {
        if (id != null) {
            its.one(id);
        }
        its.all(all);
        return its;
    }

    private static int bounded(@Nullable Integer given, int otherwise) {
        int number = given == null ? otherwise : given;
        if (number < 1) {
            throw Refusal.usage("--limit is at least 1.");
        }
        return number;
    }
}
