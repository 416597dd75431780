package io.rpaworker.ops.access;

import io.rpaworker.settings.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users' file, read again while somebody logs in: Kubernetes puts a new one in the place of the old.
 *
 * <p>Of a file that is not as it should be nothing new is taken, but whoever is not in it any more is out at once: all,
 * if it cannot be read.
 */
final class UsersFile {

    private static final Logger log = LoggerFactory.getLogger(UsersFile.class);
    private static final int MOST_BYTES = 1 << 20;
    private static final long INTERVAL = Duration.ofSeconds(1).toNanos();

    private final Path file;
    private final ReentrantLock reading = new ReentrantLock();
    private long lookedAt;
    private Users found;
    private volatile Users valid;

    /**
     * Reads it for the first time.
     *
     * @throws SettingsException if it cannot be read, or any line is wrong
     */
    UsersFile(String file, long now) {
        this.file = Path.of(file);
        this.lookedAt = now;
        this.found = read();
        this.valid = found;
        if (found.problem() != null) {
            throw new SettingsException(
                    "rpa.access.users-file, %s: %s".formatted(file, found.problem()),
                    "Write a line name:hash:role for each user; docs/access.md says how to make a hash.");
        }
    }

    /**
     * Who may log in at this moment; the file is read again once a second at most.
     *
     * @param now {@link System#nanoTime}
     */
    Users users(long now) {
        // One reads at a time, or one who has read what stood there before could come last. Nobody waits for him.
        if (reading.tryLock()) {
            try {
                if (now - lookedAt >= INTERVAL) {
                    lookedAt = now;
                    take(read());
                }
            } finally {
                reading.unlock();
            }
        }
        return valid;
    }

    private void take(Users read) {
        if (read.equals(found)) {
            return;
        }
        found = read;
        if (read.problem() == null) {
            valid = read;
            log.info("{} has changed: {} users", file, read.byName().size());
        } else {
            valid = valid.stillIn(read);
            log.warn(
                    "{} is not as it should be, {}. Until it is, only those {} may log in whose lines have not changed",
                    file,
                    read.problem(),
                    valid.byName().size());
        }
    }

    private Users read() {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MOST_BYTES + 1);
            if (content.length > MOST_BYTES) {
                return Users.unreadable("it is larger than 1 MiB");
            }
            return Users.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString()
                    .lines()
                    .toList());
        } catch (NoSuchFileException e) {
            return Users.unreadable("there is no such file");
        } catch (CharacterCodingException e) {
            return Users.unreadable("it is not UTF-8");
        } catch (IOException e) {
            return Users.unreadable("it cannot be read, " + e.getClass().getSimpleName());
        }
    }
}
