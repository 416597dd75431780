package io.rpaworker.ops.access;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Failed logins of the last minute, by address and by name from an address. A name alone is not counted: strangers
 * could shut its owner out. Times are {@link System#nanoTime}.
 */
final class FailedLogins {

    /** Failures in a minute of one name from one address; from then on it waits. */
    static final int MOST_OF_A_NAME = 10;

    /** The same of one address, whatever the names: several people may share it. */
    static final int MOST_OF_AN_ADDRESS = 30;

    private static final int MOST_REMEMBERED = 10_000;
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final Map<String, Deque<Long>> byAddress = bounded();
    private final Map<NameAtAddress, Deque<Long>> byName = bounded();

    private record NameAtAddress(String name, String address) {

        // No user has a longer one; a stranger could fill the memory with them.
        private static NameAtAddress of(String name, String address) {
            return new NameAtAddress(name.length() > User.LONGEST_NAME ? "" : name, address);
        }
    }

    /** How long a login of this name from this address has to wait; zero if it need not. */
    synchronized Duration pause(String name, String address, long now) {
        Duration ofName = pause(byName.get(NameAtAddress.of(name, address)), MOST_OF_A_NAME, now);
        Duration ofAddress = pause(byAddress.get(address), MOST_OF_AN_ADDRESS, now);
        return ofName.compareTo(ofAddress) > 0 ? ofName : ofAddress;
    }

    synchronized void failed(String name, String address, long now) {
        add(byName.computeIfAbsent(NameAtAddress.of(name, address), key -> new ArrayDeque<>()), MOST_OF_A_NAME, now);
        add(byAddress.computeIfAbsent(address, key -> new ArrayDeque<>()), MOST_OF_AN_ADDRESS, now);
    }

    /** Forgets the name's failures, not the address's: who has a password of his own may not guess others'. */
    synchronized void succeeded(String name, String address) {
        byName.remove(NameAtAddress.of(name, address));
    }

    private static void add(Deque<Long> times, int most, long now) {
        times.addLast(now);
        if (times.size() > most) {
            times.removeFirst();
        }
    }

    private static Duration pause(@Nullable Deque<Long> times, int most, long now) {
        if (times == null || times.size() < most) {
            return Duration.ZERO;
        }
        Duration left = WINDOW.minusNanos(now - times.getFirst());
        return left.isPositive() ? left : Duration.ZERO;
    }

    // The least recently used go first.
    private static <K> Map<K, Deque<Long>> bounded() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, Deque<Long>> eldest) {
                return size() > MOST_REMEMBERED;
            }
        };
    }
}
