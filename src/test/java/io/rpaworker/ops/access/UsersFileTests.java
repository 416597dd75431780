package io.rpaworker.ops.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsersFileTests {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @TempDir
    Path folder;

    /** Of a pipe one gets no more than is written to it: the reader stands still for as long as the test likes. */
    @Test
    void aReaderWhoIsLateDoesNotBringBackWhatStoodThereBefore() throws IOException, InterruptedException {
        Path file = Passwords.write(folder.resolve("users"), Passwords.line("before", "viewer"));
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        var users = new UsersFile(file.toString(), 0);

        Files.delete(file);
        Files.createLink(file, pipe);
        var late = CompletableFuture.supplyAsync(() -> users.users(SECOND));
        // It opens once somebody reads.
        try (var writer = Files.newOutputStream(pipe)) {
            replace(file, "after");
            users.users(2 * SECOND);
            writer.write((Passwords.line("stale", "viewer") + "\n").getBytes(StandardCharsets.UTF_8));
        }
        late.join();

        assertThat(users.users(2 * SECOND + 1).byName()).containsOnlyKeys("after");
    }

    @Test
    void isReadOnceASecondAtMost() throws IOException {
        Path file = Passwords.write(folder.resolve("users"), Passwords.line("before", "viewer"));
        var users = new UsersFile(file.toString(), 0);
        replace(file, "after");

        assertThat(users.users(SECOND - 1).byName()).containsOnlyKeys("before");
        assertThat(users.users(SECOND).byName()).containsOnlyKeys("after");
    }

    private void replace(Path file, String name) throws IOException {
        Path next = Passwords.write(folder.resolve("next"), Passwords.line(name, "viewer"));
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
