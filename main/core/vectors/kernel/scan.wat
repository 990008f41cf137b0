;; The inner loops of the scan; `scan-kernel.ts` says what they are for and how rows lie in memory.
;; `npm run kernel` writes `scan-module.ts` from this; a test holds the two together.
;;
;; A value of a row is a byte that is split in two: its upper four bits lie in the plane `high`, its lower four in `low`.
;; 32 neighbouring values take 16 bytes of a plane: the first 16 values the lower half of each byte, the others the upper.
;; @see WebAssembly relaxed SIMD: of `relaxed_dot_i8x16_i7x16_add_s` the second operand has seven bits, so that every
;; processor gives the same.
(module
  (import "vitrine" "memory" (memory 1 65536 shared))

  (func $sum (param $lanes v128) (result i32)
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $lanes)) (i32x4.extract_lane 1 (local.get $lanes)))
      (i32.add (i32x4.extract_lane 2 (local.get $lanes)) (i32x4.extract_lane 3 (local.get $lanes)))))

  ;; Products of the query with rows of one plane, two rows at a time: an odd last one takes the row behind it along.
  (func $products
    (param $plane i32) (param $bytes i32) (param $rows i32) (param $query i32) (param $out i32)
    (local $end i32) (local $first i32) (local $second i32) (local $part i32) (local $query_end i32)
    (local $lower v128) (local $upper v128) (local $values v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) ;; Four sums, because each waits for itself.
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $rows) (i32.const 2))))
    (local.set $query_end (i32.add (local.get $query) (i32.shl (local.get $bytes) (i32.const 1))))
    (local.set $first (local.get $plane))
    (loop $pair
      (local.set $second (i32.add (local.get $first) (local.get $bytes)))
      (local.set $a (v128.const i32x4 0 0 0 0))
      (local.set $b (v128.const i32x4 0 0 0 0))
      (local.set $c (v128.const i32x4 0 0 0 0))
      (local.set $d (v128.const i32x4 0 0 0 0))
      (local.set $part (local.get $query))
      (loop $values
        (local.set $lower (v128.load (local.get $part)))
        (local.set $upper (v128.load offset=16 (local.get $part)))
        (local.set $values (v128.load (local.get $first)))
        (local.set $a (i32x4.relaxed_dot_i8x16_i7x16_add_s
          (local.get $lower)
          (v128.and (local.get $values) (v128.const i32x4 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f))
          (local.get $a)))
        (local.set $c (i32x4.relaxed_dot_i8x16_i7x16_add_s
          (local.get $upper) (i8x16.shr_u (local.get $values) (i32.const 4)) (local.get $c)))
        (local.set $values (v128.load (local.get $second)))
        (local.set $b (i32x4.relaxed_dot_i8x16_i7x16_add_s
          (local.get $lower)
          (v128.and (local.get $values) (v128.const i32x4 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f))
          (local.get $b)))
        (local.set $d (i32x4.relaxed_dot_i8x16_i7x16_add_s
          (local.get $upper) (i8x16.shr_u (local.get $values) (i32.const 4)) (local.get $d)))
        (local.set $first (i32.add (local.get $first) (i32.const 16)))
        (local.set $second (i32.add (local.get $second) (i32.const 16)))
        (br_if $values
          (i32.lt_u
            (local.tee $part (i32.add (local.get $part) (i32.const 32)))
            (local.get $query_end))))
      (local.set $first (local.get $second))
      (i32.store (local.get $out) (call $sum (i32x4.add (local.get $a) (local.get $c))))
      (i32.store offset=4 (local.get $out) (call $sum (i32x4.add (local.get $b) (local.get $d))))
      (br_if $pair
        (i32.lt_u (local.tee $out (i32.add (local.get $out) (i32.const 8))) (local.get $end)))))

  ;; out[row] = middles[row] * (factor * product + offset) + spreads[row], and the highest of every 64 rows, taken in 64s.
  (func (export "bounds")
    (param $high i32) (param $middles i32) (param $spreads i32) (param $bytes i32) (param $rows i32) (param $query i32)
    (param $factor f32) (param $offset f32) (param $out i32) (param $maxima i32)
    (local $end i32) (local $chunk_end i32) (local $highest v128) (local $score v128)
    (call $products (local.get $high) (local.get $bytes) (local.get $rows) (local.get $query) (local.get $out))
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $rows) (i32.const 2))))
    (loop $chunk
      (local.set $chunk_end (i32.add (local.get $out) (i32.const 256)))
      (local.set $highest (f32x4.splat (f32.const -inf)))
      (loop $four
        (local.set $score (f32x4.add
          (v128.load (local.get $spreads))
          (f32x4.mul
            (v128.load (local.get $middles))
            (f32x4.add
              (f32x4.mul
                (f32x4.splat (local.get $factor))
                (f32x4.convert_i32x4_s (v128.load (local.get $out))))
              (f32x4.splat (local.get $offset))))))
        (v128.store (local.get $out) (local.get $score))
        (local.set $highest (f32x4.pmax (local.get $highest) (local.get $score)))
        (local.set $middles (i32.add (local.get $middles) (i32.const 16)))
        (local.set $spreads (i32.add (local.get $spreads) (i32.const 16)))
        (br_if $four
          (i32.lt_u (local.tee $out (i32.add (local.get $out) (i32.const 16))) (local.get $chunk_end))))
      (f32.store (local.get $maxima)
        (f32.max
          (f32.max (f32x4.extract_lane 0 (local.get $highest)) (f32x4.extract_lane 1 (local.get $highest)))
          (f32.max (f32x4.extract_lane 2 (local.get $highest)) (f32x4.extract_lane 3 (local.get $highest)))))
      (local.set $maxima (i32.add (local.get $maxima) (i32.const 4)))
      (br_if $chunk (i32.lt_u (local.get $out) (local.get $end)))))

  ;; out[i] = scales[row] * factor * (16 * product with high + product with low + offset), row = list[i].
  (func (export "estimates")
    (param $high i32) (param $low i32) (param $scales i32) (param $bytes i32) (param $list i32) (param $count i32)
    (param $query i32) (param $factor f32) (param $offset i32) (param $out i32)
    (local $end i32) (local $first i32) (local $second i32) (local $part i32) (local $query_end i32) (local $row i32)
    (local $lower v128) (local $upper v128) (local $values v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) ;; Four sums, because each waits for itself.
    (local.set $end (i32.add (local.get $list) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $query_end (i32.add (local.get $query) (i32.shl (local.get $bytes) (i32.const 1))))
    (loop $next
      (local.set $row (i32.load (local.get $list)))
      (local.set $first (i32.add (local.get $high) (i32.mul (local.get $row) (local.get $bytes))))
      (local.set $second (i32.add (local.get $low) (i32.mul (local.get $row) (local.get $bytes))))
      (local.set $a (v128.const i32x4 0 0 0 0))
      (local.set $b (v128.const i32x4 0 0 0 0))
      (local.set $c (v128.const i32x4 0 0 0 0))
      (local.set $d (v128.const i32x4 0 0 0 0))
      (local.set $part (local.get $query))
      (loop $values
        (local.set $lower (v128.load (local.get $part)))
        (local.set $upper (v128.load offset=16 (local.get $part)))
        (local.set $values (v128.load (local.get $first)))
        (local.set $a (i32x4.relaxed_dot_i8x16_i7x16_add_s
          (local.get $lower)
          (v128.and (local.get $values) (v128.const i32x4 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f))
          (local.get $a)))
        (local.set $c (i32x4.relaxed_dot_i8x16_i7x16_add_s
          (local.get $upper) (i8x16.shr_u (local.get $values) (i32.const 4)) (local.get $c)))
        (local.set $values (v128.load (local.get $second)))
        (local.set $b (i32x4.relaxed_dot_i8x16_i7x16_add_s
          (local.get $lower)
          (v128.and (local.get $values) (v128.const i32x4 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f))
          (local.get $b)))
        (local.set $d (i32x4.relaxed_dot_i8x16_i7x16_add_s
          (local.get $upper) (i8x16.shr_u (local.get $values) (i32.const 4)) (local.get $d)))
        (local.set $first (i32.add (local.get $first) (i32.const 16)))
        (local.set $second (i32.add (local.get $second) (i32.const 16)))
        (br_if $values
          (i32.lt_u
            (local.tee $part (i32.add (local.get $part) (i32.const 32)))
            (local.get $query_end))))
      (f32.store (local.get $out)
        (f32.mul
          (f32.mul
            (f32.load (i32.add (local.get $scales) (i32.shl (local.get $row) (i32.const 2))))
            (local.get $factor))
          (f32.convert_i32_s
            (i32.add
              (i32.add
                (i32.shl (call $sum (i32x4.add (local.get $a) (local.get $c))) (i32.const 4))
                (call $sum (i32x4.add (local.get $b) (local.get $d))))
              (local.get $offset)))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (br_if $next
        (i32.lt_u (local.tee $list (i32.add (local.get $list) (i32.const 4))) (local.get $end)))))

  ;; Int8 values that reach 127 to 119 and then to bytes, those split to the planes; the scale makes a row a unit vector.
  ;; The middle is the scale of the upper halves alone that leaves the shortest rest; see `boundOf`.
  (func (export "split")
    (param $from i32) (param $rows i32) (param $bytes i32)
    (param $high i32) (param $low i32) (param $scales i32) (param $middles i32) (param $spreads i32)
    (param $dimensions f32)
    (local $end i32) (local $row_end i32) (local $part i32) (local $a v128) (local $b v128) (local $upper v128)
    (local $squares v128) (local $upper_squares v128) (local $lower_squares v128) (local $lower_fourths v128)
    (local $square f32) (local $upper_square f32) (local $lower_square f32) (local $share f32) (local $rest f32)
    (local.set $end (i32.add (local.get $high) (i32.mul (local.get $rows) (local.get $bytes))))
    (loop $row
      (local.set $squares (v128.const i32x4 0 0 0 0))
      (local.set $upper_squares (v128.const i32x4 0 0 0 0))
      (local.set $lower_squares (v128.const i32x4 0 0 0 0))
      (local.set $lower_fourths (v128.const i32x4 0 0 0 0))
      (local.set $part (local.get $from))
      (local.set $row_end (i32.add (local.get $from) (i32.shl (local.get $bytes) (i32.const 1))))
      (loop $sums
        ;; Eight values times 119/127, rounded; their upper halves stand for multiples of 16 from -112 to 112.
        (local.set $a (i16x8.q15mulr_sat_s
          (v128.load8x8_s (local.get $part))
          (v128.const i16x8 30704 30704 30704 30704 30704 30704 30704 30704)))
        (local.set $upper (v128.and
          (i16x8.add (local.get $a) (v128.const i16x8 8 8 8 8 8 8 8 8))
          (v128.const i16x8 -16 -16 -16 -16 -16 -16 -16 -16)))
        (local.set $b (i16x8.sub (local.get $a) (local.get $upper)))
        (local.set $squares
          (i32x4.add (local.get $squares) (i32x4.dot_i16x8_s (local.get $a) (local.get $a))))
        (local.set $upper_squares
          (i32x4.add (local.get $upper_squares) (i32x4.dot_i16x8_s (local.get $upper) (local.get $upper))))
        (local.set $lower_squares
          (i32x4.add (local.get $lower_squares) (i32x4.dot_i16x8_s (local.get $b) (local.get $b))))
        (local.set $b (i16x8.mul (local.get $b) (local.get $b)))
        (local.set $lower_fourths
          (i32x4.add (local.get $lower_fourths) (i32x4.dot_i16x8_s (local.get $b) (local.get $b))))
        (br_if $sums
          (i32.lt_u (local.tee $part (i32.add (local.get $part) (i32.const 8))) (local.get $row_end))))
      (loop $values
        (local.set $a (i8x16.narrow_i16x8_s
          (i16x8.q15mulr_sat_s
            (v128.load8x8_s (local.get $from))
            (v128.const i16x8 30704 30704 30704 30704 30704 30704 30704 30704))
          (i16x8.q15mulr_sat_s
            (v128.load8x8_s offset=8 (local.get $from))
            (v128.const i16x8 30704 30704 30704 30704 30704 30704 30704 30704))))
        (local.set $b (i8x16.narrow_i16x8_s
          (i16x8.q15mulr_sat_s
            (v128.load8x8_s offset=16 (local.get $from))
            (v128.const i16x8 30704 30704 30704 30704 30704 30704 30704 30704))
          (i16x8.q15mulr_sat_s
            (v128.load8x8_s offset=24 (local.get $from))
            (v128.const i16x8 30704 30704 30704 30704 30704 30704 30704 30704))))
        ;; And 136, which as a byte is -120.
        (local.set $a (i8x16.add (local.get $a) (v128.const i32x4 0x88888888 0x88888888 0x88888888 0x88888888)))
        (local.set $b (i8x16.add (local.get $b) (v128.const i32x4 0x88888888 0x88888888 0x88888888 0x88888888)))
        (v128.store (local.get $high)
          (v128.or
            (i8x16.shr_u (local.get $a) (i32.const 4))
            (v128.and (local.get $b) (v128.const i32x4 0xf0f0f0f0 0xf0f0f0f0 0xf0f0f0f0 0xf0f0f0f0))))
        (v128.store (local.get $low)
          (v128.or
            (v128.and (local.get $a) (v128.const i32x4 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f))
            (i8x16.shl (local.get $b) (i32.const 4))))
        (local.set $high (i32.add (local.get $high) (i32.const 16)))
        (local.set $low (i32.add (local.get $low) (i32.const 16)))
        (br_if $values
          (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 32))) (local.get $row_end))))

      (local.set $square (f32.max (f32.const 1) (f32.convert_i32_s (call $sum (local.get $squares)))))
      (local.set $upper_square
        (f32.max (f32.const 1) (f32.convert_i32_s (call $sum (local.get $upper_squares)))))
      (local.set $lower_square
        (f32.max (f32.const 1) (f32.convert_i32_s (call $sum (local.get $lower_squares)))))
      ;; A value is the sum of its halves, which gives the product of values and upper halves.
      (local.set $share
        (f32.div
          (f32.convert_i32_s
            (i32.shr_s
              (call $sum
                (i32x4.sub
                  (i32x4.add (local.get $squares) (local.get $upper_squares))
                  (local.get $lower_squares)))
              (i32.const 1)))
          (local.get $upper_square)))
      (local.set $rest (f32.sqrt (f32.max (f32.const 0)
        (f32.sub
          (f32.const 1)
          (f32.div
            (f32.mul (f32.mul (local.get $share) (local.get $share)) (local.get $upper_square))
            (local.get $square))))))
      (local.set $square (f32.div (f32.const 1) (f32.sqrt (local.get $square))))
      (f32.store (local.get $scales) (local.get $square))
      (f32.store (local.get $middles) (f32.mul (local.get $square) (local.get $share)))
      (f32.store (local.get $spreads)
        (f32.mul
          (local.get $rest)
          (f32.min
            (f32.const 1)
            (f32.sqrt
              (f32.add
                (f32.mul (local.get $rest) (local.get $rest))
                (f32.mul
                  (f32.const 36)
                  (f32.max
                    (f32.div (f32.const 1) (local.get $dimensions))
                    (f32.div
                      (f32.div
                        (f32.convert_i32_s (call $sum (local.get $lower_fourths)))
                        (local.get $lower_square))
                      (f32.mul (f32.const 1.8) (local.get $lower_square))))))))))
      (local.set $scales (i32.add (local.get $scales) (i32.const 4)))
      (local.set $middles (i32.add (local.get $middles) (i32.const 4)))
      (local.set $spreads (i32.add (local.get $spreads) (i32.const 4)))
      (br_if $row (i32.lt_u (local.get $high) (local.get $end))))))
