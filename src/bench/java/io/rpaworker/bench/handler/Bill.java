package io.rpaworker.bench.handler;

/** A result of some 40 bytes. */
record Bill(String status, double total) {

    private static final double WITH_TAX = 1.25;

    static Bill of(Order order) {
        return new Bill("done", order.amount() * WITH_TAX);
    }
}
