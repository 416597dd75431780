package io.rpaworker.ops.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.BoundSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    @Test
    void refusesAnAddressWhosePasswordCouldStandAnywhere() {
        for (String address : List.of("https://u:p@ss@sso", "https://u:pa/ss@sso", "https:///x", "https://u:p?a@sso")) {
            settings.assertRefused("rpa.access.jwt.issuer-uri=" + address, "jwt.issuerUri", "must be a http or https");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "https://sso.example/realms/x, https://sso.example/realms/x",
        "https://user:secret@sso.example:8443/realms/x?key=secret#secret, https://sso.example:8443/realms/x",
        "http://[::1]:80, http://[::1]:80"
    })
    void showsAnIssuerWithoutWhatMayBeASecret(String issuer, String shown) {
        var jwt = new AccessProperties.Jwt(issuer, null, null, "roles");

        assertThat(jwt.shownIssuer()).isEqualTo(shown);
        assertThat(new AccessProperties(null, false, jwt).toString()).doesNotContain("secret");
        settings.whenBound(it -> assertThat(it.jwt()).isEqualTo(jwt), "rpa.access.jwt.issuer-uri=" + issuer);
    }
}
