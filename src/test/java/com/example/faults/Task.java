package com.example.faults;

import org.jspecify.annotations.Nullable;

/**
 * What a record of the fault suite asks for.
 *
 * @param n the record's number
 * @param millis how long the handler is at it
 * @param deed what it does besides: {@code hang}, {@code halt}, {@code exhaust}, {@code exit} or {@code exit-writing};
 *     null for nothing
 */
public record Task(int n, long millis, @Nullable String deed) {}
