/** A handler that tests put into a jar of its own and drop into a real worker's handlers folder. */
@NullMarked
package com.example.ledger;

import org.jspecify.annotations.NullMarked;
