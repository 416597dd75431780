package io.rpaworker.ops;

import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;

/** Which requests are probes: those that are answered before all others and without a login. */
public final class Probes {

    // The whole path, or what only ends like a probe would have a probe's rights.
    private static final Pattern PATH = Pattern.compile("(/[^/]+)?/health/(liveness|readiness)");

    private Probes() {}

    /** Whether it is one, by its path as it was sent. */
    public static boolean isProbe(HttpServletRequest request) {
        return PATH.matcher(request.getRequestURI()).matches();
    }
}
