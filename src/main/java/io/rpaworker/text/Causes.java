package io.rpaworker.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What led to a failure that may be somebody else's: its causes may go round in a circle, or be broken. */
public final class Causes {

    private static final int MOST = 32;

    private Causes() {}

    /** The failure and what caused it, outermost first: at least one, at most 32. Never throws. */
    public static List<Throwable> of(Throwable failure) {
        var seen = Collections.<Throwable>newSetFromMap(new IdentityHashMap<>());
        var causes = new ArrayList<Throwable>();
        for (Throwable cause = failure;
                cause != null && causes.size() < MOST && seen.add(cause);
                cause = causeOf(cause)) {
            causes.add(cause);
        }
        return causes;
    }

    private static @Nullable Throwable causeOf(Throwable failure) {
        try {
            return failure.getCause();
        } catch (Throwable broken) {
            return null;
        }
    }
}
