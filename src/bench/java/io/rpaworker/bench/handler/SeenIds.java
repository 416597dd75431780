package io.rpaworker.bench.handler;

import java.util.Base64;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/** A bit for each id that was handled. Any number of threads. */
final class SeenIds {

    private static final int IDS_PER_PAGE = 1 << 16;

    private final Map<Long, AtomicLongArray> pages = new ConcurrentHashMap<>();

    /** Notes an id; false if it was there already. */
    boolean add(long id) {
        AtomicLongArray page =
                pages.computeIfAbsent(id / IDS_PER_PAGE, it -> new AtomicLongArray(IDS_PER_PAGE / Long.SIZE));
        int word = (int) (id % IDS_PER_PAGE) / Long.SIZE;
        long bit = 1L << id;
        return (page.getAndAccumulate(word, bit, (old, more) -> old | more) & bit) == 0;
    }

    /** All of them, as {@link BitSet#toByteArray} has them, in Base64. */
    String encoded() {
        var ids = new BitSet();
        pages.forEach((number, page) -> {
            for (int word = 0; word < page.length(); word++) {
                int first = (int) (number * IDS_PER_PAGE + word * Long.SIZE);
                BitSet.valueOf(new long[] {page.get(word)}).stream().forEach(bit -> ids.set(first + bit));
            }
        });
        return Base64.getEncoder().encodeToString(ids.toByteArray());
    }
}
