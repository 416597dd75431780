package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.Problem;
import io.rpaworker.ops.action.Operator;
import java.security.Principal;
import org.springframework.boot.actuate.endpoint.SecurityContext;

/** Who asks over HTTP, and what he may do. */
final class Askers {

    private static final String OPERATOR = "operator";
    private static final String ADMIN = "admin";

    private Askers() {}

    /**
     * Whoever gives an order. The chains of {@code ops.access} have let nobody else through; that is asked once more
     * where something is changed.
     *
     * @throws Problem if he is nobody, or may not act
     */
    static Operator operator(SecurityContext asker) {
        Principal principal = asker.getPrincipal();
        if (principal == null || !asker.isUserInRole(OPERATOR)) {
            throw new Problem(Problem.Kind.FORBIDDEN, "This needs the role operator").with("needs", OPERATOR);
        }
        return new Operator(principal.getName(), asker.isUserInRole(ADMIN));
    }
}
