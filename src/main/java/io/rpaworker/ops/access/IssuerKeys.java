package io.rpaworker.ops.access;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.rpaworker.ops.Answer.Unanswered;
import io.rpaworker.ops.BoundedQuestion;
import io.rpaworker.ops.access.AccessProperties.Jwt;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/**
 * The keys of an issuer. It is first asked when the first token comes: one that is away keeps no replica from starting.
 *
 * <p>Anybody can send tokens, and invent keys for them. So the issuer is asked by one thread at a time, few requests
 * wait for its answer, and after an answer, or none, it is left alone for a while. What is known serves meanwhile: a
 * token whose key is not in it is wrong. Where nothing is known, nobody can say whether a token is wrong.
 */
final class IssuerKeys implements JWKSource<SecurityContext> {

    /** How old keys may be before they are asked for again. */
    static final Duration FRESH = Duration.ofMinutes(5);

    /** How old, if the issuer is away. */
    static final Duration OLDEST = Duration.ofHours(1);

    /** How long an issuer that has not answered is left alone. */
    static final Duration PAUSE = Duration.ofSeconds(10);

    /** How long after an answer the issuer is asked for a key that was not in it. */
    static final Duration NEW_KEYS = Duration.ofSeconds(30);

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int WAITING = 3;
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int MOST_BYTES = 256 * 1_024;

    private final Jwt settings;
    private final LongSupplier nanoTime;
    private final DefaultResourceRetriever http =
            new DefaultResourceRetriever(TIMEOUT_MILLIS, TIMEOUT_MILLIS, MOST_BYTES);
    private final BoundedQuestion<Boolean> question = new BoundedQuestion<>("issuer", PATIENCE, this::fetch);
    private final Semaphore waiting = new Semaphore(WAITING);
    private @Nullable URL address;
    private volatile @Nullable Known known;
    private volatile @Nullable Asked last;

    private record Known(JWKSet keys, long at) {}

    private record Asked(long at, String problem) {}

    /** The issuer is being asked, and enough wait for what it says. */
    static final class BusyException extends KeySourceException {

        private static final long serialVersionUID = 1L;

        private BusyException() {
            super("too many ask for its keys");
        }
    }

    IssuerKeys(Jwt settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
    }

    @Override
    public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) throws KeySourceException {
        if (known(FRESH) == null) {
            askUnlessAskedFor(PAUSE);
        }
        List<JWK> found = selector.select(known());
        if (found.isEmpty()) {
            boolean upToDate = askUnlessAskedFor(NEW_KEYS);
            found = selector.select(known());
            // It may be one of the issuer's that is new.
            if (found.isEmpty() && !(upToDate && problem().isEmpty())) {
                throw unknown();
            }
        }
        return found;
    }

    private JWKSet known() throws KeySourceException {
        JWKSet keys = known(OLDEST);
        if (keys == null) {
            throw unknown();
        }
        return keys;
    }

    private KeySourceException unknown() {
        return problem().isEmpty()
                ? new BusyException()
                : new KeySourceException("its keys are not known, " + problem());
    }

    private String problem() {
        Asked before = last;
        return before == null ? "" : before.problem;
    }

    private @Nullable JWKSet known(Duration atMost) {
        Known it = known;
        return it != null && nanoTime.getAsLong() - it.at < atMost.toNanos() ? it.keys : null;
    }

    /** Answers whether what is known is what the issuer has said lately; not if too many wait for that already. */
    private boolean askUnlessAskedFor(Duration pause) {
        Asked before = last;
        if (before != null && nanoTime.getAsLong() - before.at < pause.toNanos()) {
            return true;
        }
        if (!waiting.tryAcquire()) {
            return false;
        }
        try {
            if (question.ask() instanceof Unanswered<Boolean> silence) {
                last = new Asked(nanoTime.getAsLong(), silence.reason());
            }
        } finally {
            waiting.release();
        }
        return true;
    }

    private boolean fetch() {
        String problem = "";
        try {
            if (address == null) {
                address = address();
            }
            JWKSet keys = JWKSet.parse(http.retrieveResource(address).getContent());
            known = new Known(keys, nanoTime.getAsLong());
        } catch (IOException | ParseException | RuntimeException e) {
            problem = reason(e);
            // They may have moved.
            address = null;
        }
        last = new Asked(nanoTime.getAsLong(), problem);
        return problem.isEmpty();
    }

    private URL address() throws IOException, ParseException {
        if (StringUtils.hasText(settings.jwkSetUri())) {
            return URI.create(settings.jwkSetUri()).toURL();
        }
        String issuer = settings.issuerUri();
        String discovery = StringUtils.trimTrailingCharacter(issuer, '/') + "/.well-known/openid-configuration";
        var found = JSONObjectUtils.parse(
                http.retrieveResource(URI.create(discovery).toURL()).getContent());
        if (!issuer.equals(JSONObjectUtils.getString(found, "issuer"))) {
            throw new IOException("it calls itself otherwise");
        }
        String keys = JSONObjectUtils.getString(found, "jwks_uri");
        if (keys == null) {
            throw new IOException("it names no jwks_uri");
        }
        return URI.create(keys).toURL();
    }

    // The JDK quotes addresses, in which a password may stand.
    private static String reason(Exception failure) {
        return failure.getClass().getSimpleName() + ": "
                + String.valueOf(failure.getMessage()).replaceFirst("(?s)\\S*://.*", "(its address)");
    }
}
