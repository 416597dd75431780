package io.rpaworker.ops.access;

import com.nimbusds.jose.KeySourceException;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/** Logins with a token. One that cannot be checked lets nobody in: 503, since it may be right. */
final class TokenLogins implements AuthenticationProvider {

    private static final Logger log = LoggerFactory.getLogger(TokenLogins.class);
    private static final Duration PAUSE = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final long QUIET = Duration.ofMinutes(1).toNanos();

    private final JwtDecoder decoder;
    private final String issuer;
    private final String rolesClaim;
    private final AtomicLong toldAt = new AtomicLong(System.nanoTime() - QUIET);

    /**
     * Logins by a decoder's tokens.
     *
     * @param issuer as it may be logged
     */
    TokenLogins(JwtDecoder decoder, String issuer, String rolesClaim) {
        this.decoder = decoder;
        this.issuer = issuer;
        this.rolesClaim = rolesClaim;
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return BearerTokenAuthenticationToken.class.isAssignableFrom(authentication);
    }

    @Override
    public Authentication authenticate(Authentication login) {
        Jwt token = decode(((BearerTokenAuthenticationToken) login).getToken());
        return new JwtAuthenticationToken(token, authorities(token));
    }

    private Jwt decode(String token) {
        try {
            return decoder.decode(token);
        } catch (JwtException e) {
            if (!(e.getCause() instanceof KeySourceException noKeys)) {
                throw new InvalidBearerTokenException("The token is not valid", e);
            }
            if (noKeys instanceof IssuerKeys.BusyException) {
                throw new WaitException(
                        HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                        "The token cannot be checked yet: its issuer is being asked for its keys",
                        SOON);
            }
            tell(noKeys);
            throw new WaitException(
                    HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                    "The token cannot be checked: its issuer is away",
                    PAUSE);
        }
    }

    private void tell(KeySourceException problem) {
        long last = toldAt.get();
        long now = System.nanoTime();
        if (now - last >= QUIET && toldAt.compareAndSet(last, now)) {
            log.warn("No token of {} can be checked, and none is taken: {}", issuer, problem.getMessage());
        }
    }

    private Collection<GrantedAuthority> authorities(Jwt token) {
        return words(claim(token.getClaims()))
                .flatMap(it -> Role.named(it).stream())
                .max(Comparator.naturalOrder())
                .map(Role::authorities)
                .orElse(List.of());
    }

    // The name as it stands, since a claim's name may have dots; then as a path.
    private @Nullable Object claim(Map<String, Object> claims) {
        Object found = claims.get(rolesClaim);
        if (found != null) {
            return found;
        }
        found = claims;
        for (String name : rolesClaim.split("\\.", -1)) {
            found = found instanceof Map<?, ?> nested ? nested.get(name) : null;
        }
        return found;
    }

    private static Stream<String> words(@Nullable Object claim) {
        if (claim instanceof Collection<?> all) {
            return all.stream().map(String::valueOf);
        }
        return claim instanceof String text ? Arrays.stream(text.split(" ", -1)) : Stream.empty();
    }
}
