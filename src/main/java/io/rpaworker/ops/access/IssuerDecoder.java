package io.rpaworker.ops.access;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.rpaworker.ops.access.AccessProperties.Jwt;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.JwtAudienceValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.util.StringUtils;

/**
 * Checks tokens by their issuer's keys. The issuer is asked when the first token comes: one that is away keeps no
 * replica from starting. After it has not answered it is left alone for a while, and no token is taken.
 */
final class IssuerDecoder implements JwtDecoder {

    // The issuer's public key is no secret: with an algorithm of shared secrets anybody could sign by it.
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private static final Duration CLOCK_SKEW = Duration.ofSeconds(30);
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int MOST_BYTES = 256 * 1_024;
    private static final long PAUSE = Duration.ofSeconds(10).toNanos();
    private static final long KEYS_ARE_FRESH = Duration.ofMinutes(5).toMillis();
    private static final long KEYS_OUTLIVE_OUTAGE = Duration.ofHours(1).toMillis();
    // Between two looks for a key that no token should name.
    private static final long KEYS_INTERVAL = Duration.ofSeconds(30).toMillis();

    private final Jwt settings;
    private final DefaultResourceRetriever http =
            new DefaultResourceRetriever(TIMEOUT_MILLIS, TIMEOUT_MILLIS, MOST_BYTES);
    private final ReentrantLock asking = new ReentrantLock();
    private volatile @Nullable JwtDecoder decoder;
    private @Nullable Long failedAt;

    IssuerDecoder(Jwt settings) {
        this.settings = settings;
    }

    @Override
    public org.springframework.security.oauth2.jwt.Jwt decode(String token) {
        JwtDecoder known = decoder;
        return (known == null ? ask() : known).decode(token);
    }

    // Who comes meanwhile waits for the same answer, and does not ask again if there is none.
    private JwtDecoder ask() {
        asking.lock();
        try {
            JwtDecoder known = decoder;
            if (known != null) {
                return known;
            }
            if (failedAt != null && System.nanoTime() - failedAt < PAUSE) {
                throw new JwtException("The issuer has not answered a moment ago");
            }
            JwtDecoder made = decoder(keysUrl());
            decoder = made;
            return made;
        } catch (IOException | ParseException | IllegalArgumentException e) {
            failedAt = System.nanoTime();
            throw new JwtException("The issuer does not say where its keys are: " + e.getMessage(), e);
        } finally {
            asking.unlock();
        }
    }

    private URL keysUrl() throws IOException, ParseException {
        if (StringUtils.hasText(settings.jwkSetUri())) {
            return URI.create(settings.jwkSetUri()).toURL();
        }
        String issuer = settings.issuerUri();
        String discovery = StringUtils.trimTrailingCharacter(issuer, '/') + "/.well-known/openid-configuration";
        var found = JSONObjectUtils.parse(
                http.retrieveResource(URI.create(discovery).toURL()).getContent());
        if (!issuer.equals(JSONObjectUtils.getString(found, "issuer"))) {
            throw new IllegalArgumentException("it calls itself otherwise");
        }
        String keys = JSONObjectUtils.getString(found, "jwks_uri");
        if (keys == null) {
            throw new IllegalArgumentException("it names no jwks_uri");
        }
        return URI.create(keys).toURL();
    }

    private JwtDecoder decoder(URL keys) {
        JWKSource<SecurityContext> source = JWKSourceBuilder.create(keys, http)
                .cache(KEYS_ARE_FRESH, 2L * TIMEOUT_MILLIS + 1_000)
                .refreshAheadCache(false)
                .rateLimited(KEYS_INTERVAL)
                .outageTolerant(KEYS_OUTLIVE_OUTAGE)
                .build();
        var processor = new DefaultJWTProcessor<SecurityContext>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, source));
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        // Ours, below.
        processor.setJWTClaimsSetVerifier((claims, context) -> {});
        var decoder = new NimbusJwtDecoder(processor);
        decoder.setJwtValidator(validator());
        return decoder;
    }

    private OAuth2TokenValidator<org.springframework.security.oauth2.jwt.Jwt> validator() {
        var time = new JwtTimestampValidator(CLOCK_SKEW);
        time.setAllowEmptyExpiryClaim(false);
        Collection<OAuth2TokenValidator<org.springframework.security.oauth2.jwt.Jwt>> all = new ArrayList<>();
        all.add(time);
        all.add(new JwtIssuerValidator(settings.issuerUri()));
        if (StringUtils.hasText(settings.audience())) {
            all.add(new JwtAudienceValidator(settings.audience()));
        }
        return new DelegatingOAuth2TokenValidator<>(all);
    }
}
