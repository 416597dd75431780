/** A flow with runs that the fault suite drops into a real worker's handlers folder. */
@NullMarked
package com.example.nightly;

import org.jspecify.annotations.NullMarked;
