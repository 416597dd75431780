package io.rpaworker.simulation;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;

/** What happened, as a hash of all of it and the last of it in words. */
final class Trace {

    private static final int KEPT = 40;

    private final Deque<String> last = new ArrayDeque<>();
    private final MessageDigest digest = sha256();

    void note(String line) {
        digest.update(line.getBytes(StandardCharsets.UTF_8));
        last.add(line);
        if (last.size() > KEPT) {
            last.removeFirst();
        }
    }

    /** Ends the trace. */
    String hash() {
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public String toString() {
        return String.join("\n", last);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
