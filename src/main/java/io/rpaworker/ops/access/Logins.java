package io.rpaworker.ops.access;

import io.rpaworker.ops.access.AccessProperties.Jwt;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.ProviderNotFoundException;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;

/** The ways to log in that are configured; both may be. The users' file is read here: a wrong one stops the start. */
@Component
@EnableConfigurationProperties(AccessProperties.class)
class Logins {

    private final @Nullable ProviderManager providers;

    Logins(AccessProperties settings) {
        List<AuthenticationProvider> all = new ArrayList<>();
        String users = settings.usersFile();
        if (users != null && settings.hasUsers()) {
            all.add(new PasswordLogins(new UsersFile(users, System.nanoTime())));
        }
        Jwt jwt = settings.jwt();
        if (jwt != null) {
            all.add(new TokenLogins(IssuerDecoder.of(jwt), jwt.shownIssuer(), jwt.rolesClaim()));
        }
        this.providers = all.isEmpty() ? null : new ProviderManager(all);
    }

    /** Asks whichever of them knows this kind of login. */
    Authentication authenticate(Authentication login) {
        if (providers == null) {
            throw new ProviderNotFoundException("Nobody can log in");
        }
        return providers.authenticate(login);
    }
}
