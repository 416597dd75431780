package io.rpaworker.ops.access;

import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * A password that only its owner knows. What it costs to try one is bounded both ways: too little is guessed, too much
 * is what a stranger can make this process pay.
 *
 * @param text bcrypt's or Argon2's own form
 */
record PasswordHash(String text) {

    // The last character of the salt and that of the hash have a few bits only: with others in it, it is nobody's hash.
    private static final Pattern BCRYPT =
            Pattern.compile("\\$2[aby]\\$(\\d\\d)\\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]");
    private static final Pattern ARGON2ID =
            Pattern.compile("\\$argon2id\\$v=19\\$m=(\\d{1,9}),t=(\\d{1,9}),p=(\\d{1,9})"
                    + "\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{22,86})");

    /**
     * A hash out of a file.
     *
     * @throws IllegalArgumentException if it is none, or costs too little or too much; says which, and never the text
     */
    static PasswordHash of(String text) {
        Matcher bcrypt = BCRYPT.matcher(text);
        Matcher argon2 = ARGON2ID.matcher(text);
        if (bcrypt.matches()) {
            within("bcrypt's cost", bcrypt.group(1), 10, 12);
        } else if (argon2.matches()) {
            within("Argon2's memory in KiB", argon2.group(1), 8_192, 32_768);
            within("Argon2's number of passes", argon2.group(2), 1, 4);
            within("Argon2's parallelism", argon2.group(3), 1, 4);
            base64("Argon2's salt", argon2.group(4));
            base64("Argon2's hash", argon2.group(5));
        } else {
            throw new IllegalArgumentException(
                    "the second field is no hash of bcrypt ($2y$...) or Argon2 ($argon2id$v=19$...)");
        }
        return new PasswordHash(text);
    }

    private static void within(String what, String digits, int least, int most) {
        int value = Integer.parseInt(digits);
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s must be %d to %d, was %d".formatted(what, least, most, value));
        }
    }

    // Its decoder says which character is wrong.
    private static void base64(String what, String text) {
        try {
            Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(what + " is no Base64: has it been cut?");
        }
    }

    /** Takes a tenth of a second of CPU to a quarter. */
    boolean matches(String password) {
        return encoder().matches(password, text);
    }

    private PasswordEncoder encoder() {
        return text.startsWith("$2")
                ? new BCryptPasswordEncoder()
                : Argon2PasswordEncoder.defaultsForSpringSecurity_v5_8();
    }

    // It must not get into any log.
    @Override
    public String toString() {
        return "hash";
    }
}
