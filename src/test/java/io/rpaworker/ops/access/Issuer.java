package io.rpaworker.ops.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Issues tokens, and tells by HTTP where its keys are. */
final class Issuer implements AutoCloseable {

    static final String AUDIENCE = "rpa-worker";
    private static final String KEY = "the-key";
    private final Instant now = InstantSource.system().instant();

    private final HttpServer server;
    private volatile RSAKey key;
    private volatile int statusOfKeys = 200;
    private final AtomicInteger asked = new AtomicInteger();

    private Issuer(HttpServer server, RSAKey key) {
        this.server = server;
        this.key = key;
        answer(
                "/.well-known/openid-configuration",
                () -> 200,
                () -> "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}".formatted(uri(), uri()));
        answer("/keys", () -> statusOfKeys, () -> new JWKSet(this.key.toPublicJWK()).toString());
        server.start();
    }

    static Issuer start() {
        return start(0);
    }

    static Issuer start(int port) {
        try {
            return new Issuer(HttpServer.create(new InetSocketAddress("localhost", port), 0), key(KEY));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RSAKey key(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(String path, IntSupplier status, Supplier<String> json) {
        server.createContext(path, exchange -> {
            asked.incrementAndGet();
            byte[] body = json.get().getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status.getAsInt(), body.length);
            try (var out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
    }

    String uri() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** From now on it signs with a new key of this name, and tells of no other. */
    void changeKey(String id) {
        key = key(id);
    }

    /** From now on its keys come with this status. */
    void answerKeysWith(int status) {
        statusOfKeys = status;
    }

    /** How often it was asked for anything. */
    int asked() {
        return asked.get();
    }

    String token(String... roles) {
        return signed(JWSAlgorithm.RS256, signer(), claims(roles).build());
    }

    String nestedRoles(String... roles) {
        return signed(
                JWSAlgorithm.RS256,
                signer(),
                claims().claim("realm_access", Map.of("roles", List.of(roles))).build());
    }

    String expired() {
        return signed(
                JWSAlgorithm.RS256,
                signer(),
                claims("admin")
                        .expirationTime(Date.from(now.minus(Duration.ofMinutes(5))))
                        .build());
    }

    String endless() {
        return signed(
                JWSAlgorithm.RS256,
                signer(),
                claims("admin").expirationTime(null).build());
    }

    String notYet() {
        return signed(
                JWSAlgorithm.RS256,
                signer(),
                claims("admin")
                        .notBeforeTime(Date.from(now.plus(Duration.ofMinutes(30))))
                        .build());
    }

    String ofAnotherIssuer() {
        return signed(
                JWSAlgorithm.RS256,
                signer(),
                claims("admin").issuer(uri() + "/other").build());
    }

    String forSomebodyElse() {
        return signed(
                JWSAlgorithm.RS256, signer(), claims("admin").audience("other").build());
    }

    /** That is a token of another kind, an identity or an event for instance. */
    String ofKind(String kind) {
        return signed(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID(key.getKeyID())
                        .type(new JOSEObjectType(kind))
                        .build(),
                signer(),
                claims("admin").build());
    }

    /** By a key that somebody has invented. */
    String ofInventedKey(String id) {
        return signed(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(id).build(),
                signer(),
                claims("admin").build());
    }

    /** By another key under the same name. */
    String forged() {
        try {
            return signed(
                    JWSAlgorithm.RS256,
                    new RSASSASigner(new RSAKeyGenerator(2048).generate()),
                    claims("admin").build());
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** With the public key, which everybody has, for a shared secret. */
    String signedByPublicKey() {
        try {
            return signed(
                    JWSAlgorithm.HS256,
                    new MACSigner(key.toRSAPublicKey().getEncoded()),
                    claims("admin").build());
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    String unsigned() {
        return new PlainJWT(claims("admin").build()).serialize();
    }

    private JWSSigner signer() {
        try {
            return new RSASSASigner(key);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private JWTClaimsSet.Builder claims(String... roles) {
        return new JWTClaimsSet.Builder()
                .issuer(uri())
                .subject("alice")
                .audience(AUDIENCE)
                .claim("roles", List.of(roles))
                .expirationTime(Date.from(now.plus(Duration.ofHours(1))));
    }

    private String signed(JWSAlgorithm algorithm, JWSSigner signer, JWTClaimsSet claims) {
        return signed(new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), signer, claims);
    }

    private static String signed(JWSHeader header, JWSSigner signer, JWTClaimsSet claims) {
        try {
            var jwt = new SignedJWT(header, claims);
            jwt.sign(signer);
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
