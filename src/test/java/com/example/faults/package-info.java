/** Handlers that the fault suite drops into a real worker's handlers folder. */
@NullMarked
package com.example.faults;

import org.jspecify.annotations.NullMarked;
