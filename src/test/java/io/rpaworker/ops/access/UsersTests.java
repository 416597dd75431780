package io.rpaworker.ops.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsersTests {

    // By Debian's htpasswd -nbBC 10 and argon2 -id -k 19456 -t 2 -p 1 -e, of the word secret.
    private static final String BCRYPT = "$2y$10$jaS9dyrs8DRLt9D3tQc4jOHEzReGC.AMjqXiBc0SvsZmSpSypvHIy";
    private static final String ARGON2 =
            "$argon2id$v=19$m=19456,t=2,p=1$MmMzOGNmZmZlMGM1NDhhMg$ApmASxb6g2ut3xT8Tw3Yey9I+sD3KgFTXXCAotLtAgw";
    private static final String SALT_AND_HASH = "$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";

    @Test
    void readsNamesHashesAndRoles() {
        Users users =
                Users.of(List.of("# who may look", "", "alice:" + BCRYPT + ":viewer ", Passwords.line("bob", "admin")));

        assertThat(users.problem()).isNull();
        assertThat(users.named("alice").orElseThrow().role()).isEqualTo(Role.VIEWER);
        assertThat(users.named("bob").orElseThrow().role()).isEqualTo(Role.ADMIN);
        assertThat(users.named("bob").orElseThrow().hash().matches(Passwords.PASSWORD))
                .isTrue();
        assertThat(users.named("bob").orElseThrow().hash().matches("wrong")).isFalse();
        assertThat(users.named("Bob")).isEmpty();
        assertThat(users.toString()).doesNotContain("$2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alice",
                "alice:{noop}secret:viewer",
                "alice:secret:viewer",
                "alice:$apr1$x$secretsecretsecretsecre:viewer",
                "alice:$2y$10$short:viewer",
                "alice:" + BCRYPT,
                "alice:" + BCRYPT + ":root",
                "alice:" + BCRYPT + ":VIEWER",
                "al ice:" + BCRYPT + ":viewer",
                ":" + BCRYPT + ":viewer",
                "alice:" + BCRYPT + ":viewer:x",
                "alice:$argon2i$v=19$m=16384,t=2,p=1" + SALT_AND_HASH + ":viewer",
            })
    void saysWhichLineIsWrongAndNothingThatIsInIt(String line) {
        Users users = Users.of(List.of(Passwords.line("bob", "admin"), "", line));

        assertThat(users.problem()).startsWith("line 3: ").doesNotContain("alice", BCRYPT, "secret", "al ice");
        assertThat(users.byName()).containsOnlyKeys("bob");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "$2y$09$jaS9dyrs8DRLt9D3tQc4jOHEzReGC.AMjqXiBc0SvsZmSpSypvHIy; bcrypt's cost must be 10 to 12, was 9",
                "$2y$13$jaS9dyrs8DRLt9D3tQc4jOHEzReGC.AMjqXiBc0SvsZmSpSypvHIy; bcrypt's cost must be 10 to 12, was 13",
                "$argon2id$v=19$m=8191,t=2,p=1" + SALT_AND_HASH
                        + "; Argon2's memory in KiB must be 8192 to 32768, was 8191",
                "$argon2id$v=19$m=32769,t=2,p=1" + SALT_AND_HASH
                        + "; Argon2's memory in KiB must be 8192 to 32768, was 32769",
                "$argon2id$v=19$m=16384,t=5,p=1" + SALT_AND_HASH + "; Argon2's number of passes must be 1 to 4, was 5",
                "$argon2id$v=19$m=16384,t=2,p=5" + SALT_AND_HASH + "; Argon2's parallelism must be 1 to 4, was 5",
            })
    void refusesWhatCostsTooLittleOrTooMuch(String hash, String reason) {
        assertThat(Users.of(List.of("alice:" + hash + ":viewer")).problem()).isEqualTo("line 1: " + reason);
    }

    /** Of the right length for a pattern, and nobody could ever log in. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "$argon2id$v=19$m=16384,t=2,p=1$MDEyMzQ1Njc4OWFiY$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"
                        + "; Argon2's salt is no Base64: has it been cut?",
                "$argon2id$v=19$m=16384,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZ"
                        + "; Argon2's hash is no Base64: has it been cut?",
                "$2y$10$jaS9dyrs8DRLt9D3tQc4jPHEzReGC.AMjqXiBc0SvsZmSpSypvHIy; the second field is no hash of bcrypt",
                "$2y$10$jaS9dyrs8DRLt9D3tQc4jOHEzReGC.AMjqXiBc0SvsZmSpSypvHIz; the second field is no hash of bcrypt",
            })
    void refusesWhatNoPasswordHas(String hash, String reason) {
        Users users = Users.of(List.of(Passwords.line("bob", "admin"), "alice:" + hash + ":viewer"));

        assertThat(users.problem()).startsWith("line 2: " + reason).doesNotContain("MDE", "jaS9", "alice");
    }

    @ParameterizedTest
    @ValueSource(strings = {BCRYPT, ARGON2})
    void knowsWhatTheToolsMake(String hash) {
        assertThat(PasswordHash.of(hash).matches("secret")).isTrue();
        assertThat(PasswordHash.of(hash).matches("Secret")).isFalse();
    }

    @Test
    void refusesASecondLineOfAName() {
        Users users = Users.of(List.of(Passwords.line("bob", "viewer"), Passwords.line("bob", "admin")));

        assertThat(users.problem()).isEqualTo("line 2: its name stands above already");
        assertThat(users.named("bob").orElseThrow().role()).isEqualTo(Role.VIEWER);
    }

    @Test
    void refusesNobody() {
        assertThat(Users.of(List.of("# nobody yet")).problem()).isEqualTo("it has no user");
    }

    @Test
    void whoseLineHasChangedIsNotTheSameUser() {
        Users before = Users.of(List.of(Passwords.line("alice", "viewer"), Passwords.line("bob", "viewer")));
        Users after = Users.of(List.of(Passwords.line("alice", "admin"), Passwords.line("bob", "viewer"), "x"));

        assertThat(before.stillIn(after).byName()).containsOnlyKeys("bob");
        assertThat(before.stillIn(Users.unreadable("gone")).byName()).isEmpty();
    }
}
