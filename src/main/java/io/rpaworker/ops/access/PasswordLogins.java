package io.rpaworker.ops.access;

import io.rpaworker.ops.Turns;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/**
 * Logins with name and password. Two are hashed at a time, whoever asks, so that neither cores nor memory are taken
 * from the work, and few wait for it, so that others are answered; an unknown name is hashed as well, or its quick
 * answer would tell that it is unknown.
 */
final class PasswordLogins implements AuthenticationProvider {

    private static final int AT_ONCE = 2;
    private static final int WAITING = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final UsersFile file;
    private final VerifiedLogins verified = new VerifiedLogins();
    private final FailedLogins failed = new FailedLogins();
    private final Turns hashing = new Turns(AT_ONCE, WAITING, PATIENCE);

    PasswordLogins(UsersFile file) {
        this.file = file;
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(authentication);
    }

    @Override
    public Authentication authenticate(Authentication login) {
        String name = login.getName();
        String password = String.valueOf(login.getCredentials());
        String address = address(login);
        Users users = file.users(System.nanoTime());
        Optional<User> user = users.named(name);
        refuseTooMany(name, address);
        if (user.isEmpty() || !isVerified(user.get(), password)) {
            hashInTurn(users, name, password, address);
        }
        return granted(user.orElseThrow());
    }

    private void hashInTurn(Users users, String name, String password, String address) {
        takeTurn();
        try {
            // What happened while this one waited counts: of many guesses at once no more are tried than of one by one.
            refuseTooMany(name, address);
            Optional<User> user = users.named(name);
            if (user.isPresent() && isVerified(user.get(), password)) {
                return;
            }
            boolean right = user.orElseGet(() -> anyOf(users, name)).hash().matches(password);
            if (user.isEmpty() || !right) {
                failed.failed(name, address, System.nanoTime());
                throw new BadCredentialsException("Name or password is wrong");
            }
            failed.succeeded(name, address);
            verified.remember(user.get(), password, System.nanoTime());
        } finally {
            hashing.giveBack();
        }
    }

    private void takeTurn() {
        if (!hashing.take()) {
            throw new WaitException(
                    HttpServletResponse.SC_SERVICE_UNAVAILABLE, "Too many log in at once", Duration.ofSeconds(1));
        }
    }

    private void refuseTooMany(String name, String address) {
        Duration pause = failed.pause(name, address, System.nanoTime());
        if (pause.isPositive()) {
            throw new WaitException(
                    HttpStatus.TOO_MANY_REQUESTS.value(), "Too many logins have failed within a minute", pause);
        }
    }

    private boolean isVerified(User user, String password) {
        return verified.has(user, password, System.nanoTime());
    }

    // Always the same for a name, since hashes may differ in what they cost.
    private static User anyOf(Users users, String name) {
        if (users.byName().isEmpty()) {
            throw new BadCredentialsException("Nobody may log in");
        }
        List<User> all = List.copyOf(users.byName().values());
        return all.get(Math.floorMod(name.hashCode(), all.size()));
    }

    private static Authentication granted(User user) {
        return UsernamePasswordAuthenticationToken.authenticated(
                user.name(), null, user.role().authorities());
    }

    // Of the connection: X-Forwarded-For is what anybody may write.
    private static String address(Authentication login) {
        return login.getDetails() instanceof WebAuthenticationDetails details
                ? Addresses.of(details.getRemoteAddress())
                : "";
    }
}
