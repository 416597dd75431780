package io.rpaworker.ops.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.BoundSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class AccessPropertiesTests {

    private final BoundSettings<AccessProperties> settings = new BoundSettings<>(AccessProperties.class, Binding.class);

    @EnableConfigurationProperties(AccessProperties.class)
    static class Binding {}

    @Test
    void defaults() {
        settings.whenBound(it -> assertThat(it).isEqualTo(new AccessProperties(null, false, null)));
        settings.whenBound(
                it -> assertThat(it.jwt()).isEqualTo(new AccessProperties.Jwt("https://x", null, null, "roles")),
                "rpa.access.jwt.issuer-uri=https://x");
    }

    @Test
    void areReadFromTheVariablesOfTheChart() {
        var variables = Map.<String, Object>of(
                "RPA_ACCESS_USERS_FILE", "/users",
                "RPA_ACCESS_CLOSED", "true",
                "RPA_ACCESS_JWT_ISSUER_URI", "https://x",
                "RPA_ACCESS_JWT_AUDIENCE", "rpa");
        var environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", variables));

        assertThat(Binder.get(environment)
                        .bind("rpa.access", AccessProperties.class)
                        .get())
                .isEqualTo(new AccessProperties(
                        "/users", true, new AccessProperties.Jwt("https://x", null, "rpa", "roles")));
    }

    @Test
    void refusesWhatLetsNobodyIn() {
        settings.assertRefused("rpa.access.closed=true", "rpa.access.closed", "set rpa.access.users-file");
        settings.assertRefused("rpa.access.jwt.audience=x", "jwt.issuerUri", "must say who issues the tokens");
        settings.assertRefused("rpa.access.jwt.issuer-uri=sso", "jwt.issuerUri", "must be a http or https address");
    }
}
