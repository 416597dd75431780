package com.example.ledger;

/**
 * What a record of flow {@code ledger} asks for.
 *
 * @param n goes into the ledger
 * @param millis how long the handler is at it
 */
public record Entry(int n, long millis) {}
