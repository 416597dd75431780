package io.rpaworker.ops.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import io.rpaworker.ops.access.AccessProperties.Jwt;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When an issuer is asked, and what is known meanwhile. */
class IssuerKeysTests {

    private static final String KEY = "the-key";
    // Where it is, and its keys.
    private static final int FIRST = 2;

    private final Issuer issuer = Issuer.start();
    private final AtomicLong clock = new AtomicLong();
    private final IssuerKeys keys = new IssuerKeys(new Jwt(issuer.uri(), null, null, "roles"), clock::get);

    @AfterEach
    void close() {
        issuer.close();
    }

    @Test
    void areKeptForFiveMinutes() throws KeySourceException {
        assertThat(get(KEY)).hasSize(1);
        pass(IssuerKeys.FRESH.minusSeconds(1));
        assertThat(get(KEY)).hasSize(1);
        assertThat(issuer.asked()).isEqualTo(FIRST);

        pass(Duration.ofSeconds(1));
        assertThat(get(KEY)).hasSize(1);

        assertThat(issuer.asked()).isEqualTo(FIRST + 1);
    }

    @Test
    void whereNoneIsKnownEachTokenFailsAndTheIssuerIsLeftAloneForAWhile() throws KeySourceException {
        issuer.answerKeysWith(500);
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> get(KEY))
                    .isInstanceOf(KeySourceException.class)
                    .hasMessageStartingWith("its keys are not known, IOException: ")
                    .hasMessageNotContaining(issuer.uri());
        }
        assertThat(issuer.asked()).isEqualTo(FIRST);

        issuer.answerKeysWith(200);
        pass(IssuerKeys.PAUSE);

        assertThat(get(KEY)).hasSize(1);
    }

    @Test
    void forInventedOnesTheIssuerIsAskedEveryHalfMinuteAtMost() throws KeySourceException {
        get(KEY);
        for (int second = 0; second < 90; second++) {
            assertThat(get("invented" + second)).isEmpty();
            assertThat(get("invented again")).isEmpty();
            pass(Duration.ofSeconds(1));
        }

        assertThat(issuer.asked()).isEqualTo(FIRST + 2);
        assertThat(get(KEY)).hasSize(1);
    }

    @Test
    void aNewOneIsFoundAfterHalfAMinute() throws KeySourceException {
        get(KEY);
        issuer.changeKey("the-next");
        assertThat(get("the-next")).isEmpty();

        pass(IssuerKeys.NEW_KEYS);

        assertThat(get("the-next")).hasSize(1);
        assertThat(get(KEY)).isEmpty();
    }

    @Test
    void serveForAnHourWhileTheIssuerIsAway() throws KeySourceException {
        get(KEY);
        issuer.answerKeysWith(500);

        pass(IssuerKeys.OLDEST.minusSeconds(1));
        assertThat(get(KEY)).hasSize(1);
        // It may be a new one.
        assertThatThrownBy(() -> get("unknown")).isInstanceOf(KeySourceException.class);

        pass(Duration.ofSeconds(1));
        assertThatThrownBy(() -> get(KEY)).isInstanceOf(KeySourceException.class);
    }

    @Test
    void fewWaitForAnIssuerThatIsSilent() throws IOException {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var threads = Executors.newFixedThreadPool(20)) {
            var asked = new IssuerKeys(
                    new Jwt("http://localhost:" + silent.getLocalPort(), null, null, "roles"), System::nanoTime);

            long waited = IntStream.range(0, 20)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> {
                                long at = System.nanoTime();
                                assertThatThrownBy(() -> asked.get(selector(KEY), null))
                                        .isInstanceOf(KeySourceException.class);
                                return Duration.ofNanos(System.nanoTime() - at);
                            },
                            threads))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .filter(it -> it.compareTo(Duration.ofSeconds(1)) > 0)
                    .count();

            assertThat(waited).isBetween(1L, 3L);
        }
    }

    private List<JWK> get(String key) throws KeySourceException {
        return keys.get(selector(key), null);
    }

    private static JWKSelector selector(String key) {
        return new JWKSelector(new JWKMatcher.Builder().keyID(key).build());
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }
}
