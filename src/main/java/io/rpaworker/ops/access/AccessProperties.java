package io.rpaworker.ops.access;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;
import org.springframework.validation.annotation.Validated;

/**
 * Who may look at this replica's endpoints.
 *
 * @param usersFile the file of those who log in with a password, a line {@code name:hash:role} for each; none if empty
 * @param closed whether nobody sees more than probes and metrics without a login
 * @param jwt who issues the tokens that are taken; null if none are
 */
@Validated
@ConfigurationProperties("rpa.access")
record AccessProperties(
        @Nullable String usersFile,
        @DefaultValue("false") boolean closed,
        @Valid @Nullable Jwt jwt) {

    // With a host, or what is the password in it would be anybody's guess.
    private static final String HTTP =
            "https?://(?:[^/?#@\\s]*@)?(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::\\d{1,5})?" + "(?:[/?]\\S*)?";
    private static final java.util.regex.Pattern SECRETS = java.util.regex.Pattern.compile("(?<=://)[^/?#@]*@|[?#].*");

    /**
     * An issuer of tokens.
     *
     * @param issuerUri the issuer, as its tokens name it; its keys are found by OpenID Connect's discovery
     * @param jwkSetUri where its keys are, if it cannot be asked for that
     * @param audience what a token must be meant for; any if empty
     * @param rolesClaim the claim that has the roles, a list or words between spaces; dots lead into nested claims
     */
    record Jwt(
            @NotBlank(message = "must say who issues the tokens")
            @Pattern(regexp = HTTP, message = "must be a http or https address")
            String issuerUri,

            @Pattern(regexp = HTTP, message = "must be a http or https address") @Nullable
            String jwkSetUri,

            @Nullable String audience,

            @DefaultValue("roles") @NotBlank String rolesClaim) {

        /** The issuer as it may be logged: without a password, or a query that has one. */
        String shownIssuer() {
            return SECRETS.matcher(issuerUri).replaceAll("");
        }

        @Override
        public String toString() {
            return "tokens of " + shownIssuer();
        }
    }

    @AssertTrue(
            message =
                    "rpa.access.closed shuts everybody out: set rpa.access.users-file or rpa.access.jwt.issuer-uri too")
    boolean isOpenToSomebody() {
        return !closed || hasLogins();
    }

    boolean hasUsers() {
        return StringUtils.hasText(usersFile);
    }

    boolean hasLogins() {
        return hasUsers() || jwt != null;
    }
}
