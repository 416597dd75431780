package io.rpaworker.ops.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Logins that were right a moment ago, so that who asks often is not hashed each time. Neither names nor passwords are
 * kept, but a digest under a key that this process forgets with itself. A user whose line has changed is another one.
 */
final class VerifiedLogins {

    private static final int MOST = 1_000;
    private static final long LONGEST = Duration.ofSeconds(60).toNanos();
    private static final String HMAC = "HmacSHA256";

    private final SecretKeySpec key;

    // Oldest first.
    private final Map<String, Verified> logins = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Verified> eldest) {
            return size() > MOST;
        }
    };

    private record Verified(User user, long at) {}

    VerifiedLogins() {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.key = new SecretKeySpec(random, HMAC);
    }

    void remember(User user, String password, long now) {
        String digest = digest(user, password);
        synchronized (logins) {
            logins.remove(digest);
            logins.put(digest, new Verified(user, now));
        }
    }

    boolean has(User user, String password, long now) {
        String digest = digest(user, password);
        synchronized (logins) {
            Verified verified = logins.get(digest);
            return verified != null && verified.user.equals(user) && now - verified.at < LONGEST;
        }
    }

    // No name has a colon.
    private String digest(User user, String password) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return HexFormat.of()
                    .formatHex(mac.doFinal((user.name() + ":" + password).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JVM has " + HMAC, e);
        }
    }
}
