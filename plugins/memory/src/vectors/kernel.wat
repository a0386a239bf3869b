;; What is done for every vector of a search, in blocks of 16 bytes. Offsets and sizes are in bytes; `stride`, the size of
;; one code, is a multiple of 16.
(module
  (memory (export "memory") 1)

  ;; Writes, for each of `count` codes of signed bytes, its dot product with a query of signed 16-bit integers.
  (func (export "dots")
    (param $query i32) (param $codes i32) (param $count i32) (param $stride i32) (param $out i32)
    (local $end i32) (local $at i32) (local $q i32) (local $even v128) (local $odd v128) (local $code v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $even (v128.const i32x4 0 0 0 0))
        (local.set $odd (v128.const i32x4 0 0 0 0))
        (local.set $q (local.get $query))
        (local.set $at (local.get $codes))
        (local.set $codes (i32.add (local.get $codes) (local.get $stride)))
        (loop $more
          (local.set $code (v128.load (local.get $at)))
          (local.set $even
            (i32x4.add
              (local.get $even)
              (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $code)) (v128.load (local.get $q)))))
          (local.set $odd
            (i32x4.add
              (local.get $odd)
              (i32x4.dot_i16x8_s
                (i16x8.extend_high_i8x16_s (local.get $code))
                (v128.load offset=16 (local.get $q)))))
          (local.set $q (i32.add (local.get $q) (i32.const 32)))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $more (i32.lt_u (local.get $at) (local.get $codes))))
        (local.set $even (i32x4.add (local.get $even) (local.get $odd)))
        (i32.store
          (local.get $out)
          (i32.add
            (i32.add (i32x4.extract_lane 0 (local.get $even)) (i32x4.extract_lane 1 (local.get $even)))
            (i32.add (i32x4.extract_lane 2 (local.get $even)) (i32x4.extract_lane 3 (local.get $even)))))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $next))))

  ;; As `near` for codes of 64 bytes, of which vectors of 257 to 512 numbers have one: the query stays in registers, which takes
  ;; half the time.
  (func $near64
    (param $query i32) (param $codes i32) (param $number i32) (param $count i32) (param $limit i64) (param $out i32)
    (result i32)
    (local $end i32) (local $even i64) (local $odd i64)
    (local $q0 i64) (local $q8 i64) (local $q16 i64) (local $q24 i64)
    (local $q32 i64) (local $q40 i64) (local $q48 i64) (local $q56 i64)
    (local.set $q0 (i64.load (local.get $query)))
    (local.set $q8 (i64.load offset=8 (local.get $query)))
    (local.set $q16 (i64.load offset=16 (local.get $query)))
    (local.set $q24 (i64.load offset=24 (local.get $query)))
    (local.set $q32 (i64.load offset=32 (local.get $query)))
    (local.set $q40 (i64.load offset=40 (local.get $query)))
    (local.set $q48 (i64.load offset=48 (local.get $query)))
    (local.set $q56 (i64.load offset=56 (local.get $query)))
    (local.set $end (i32.add (local.get $number) (local.get $count)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $number) (local.get $end)))
        (local.set $even
          (i64.add
            (i64.add
              (i64.popcnt (i64.xor (i64.load (local.get $codes)) (local.get $q0)))
              (i64.popcnt (i64.xor (i64.load offset=16 (local.get $codes)) (local.get $q16))))
            (i64.add
              (i64.popcnt (i64.xor (i64.load offset=32 (local.get $codes)) (local.get $q32)))
              (i64.popcnt (i64.xor (i64.load offset=48 (local.get $codes)) (local.get $q48))))))
        (local.set $odd
          (i64.add
            (i64.add
              (i64.popcnt (i64.xor (i64.load offset=8 (local.get $codes)) (local.get $q8)))
              (i64.popcnt (i64.xor (i64.load offset=24 (local.get $codes)) (local.get $q24))))
            (i64.add
              (i64.popcnt (i64.xor (i64.load offset=40 (local.get $codes)) (local.get $q40)))
              (i64.popcnt (i64.xor (i64.load offset=56 (local.get $codes)) (local.get $q56))))))
        (local.set $even (i64.add (local.get $even) (local.get $odd)))
        (if (i64.le_u (local.get $even) (local.get $limit))
          (then
            (i32.store (local.get $out) (local.get $number))
            (i32.store offset=4 (local.get $out) (i32.wrap_i64 (local.get $even)))
            (local.set $out (i32.add (local.get $out) (i32.const 8)))))
        (local.set $codes (i32.add (local.get $codes) (i32.const 64)))
        (local.set $number (i32.add (local.get $number) (i32.const 1)))
        (br $next)))
    (local.get $out))

  ;; Writes, for each of `count` codes that differs from the query in at most `limit` bits, its number and in how many; gives
  ;; where it stopped writing. The first code has the number `number`. Processors count the ones of 64 bits in one instruction,
  ;; those of each of 16 bytes in none that WebAssembly is made into.
  (func (export "near")
    (param $query i32) (param $codes i32) (param $number i32) (param $count i32) (param $stride i32) (param $limit i32)
    (param $out i32)
    (result i32)
    (local $end i32) (local $at i32) (local $wide i32) (local $q i32) (local $even i64) (local $odd i64)
    (if (i32.eq (local.get $stride) (i32.const 64))
      (then
        (return
          (call $near64
            (local.get $query)
            (local.get $codes)
            (local.get $number)
            (local.get $count)
            (i64.extend_i32_u (local.get $limit))
            (local.get $out)))))
    (local.set $end (i32.add (local.get $number) (local.get $count)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $number) (local.get $end)))
        (local.set $even (i64.const 0))
        (local.set $odd (i64.const 0))
        (local.set $q (local.get $query))
        (local.set $at (local.get $codes))
        (local.set $wide (i32.add (local.get $codes) (i32.and (local.get $stride) (i32.const -64))))
        (local.set $codes (i32.add (local.get $codes) (local.get $stride)))
        (block $narrow
          (loop $more
            (br_if $narrow (i32.ge_u (local.get $at) (local.get $wide)))
            (local.set $even
              (i64.add
                (local.get $even)
                (i64.popcnt (i64.xor (i64.load (local.get $at)) (i64.load (local.get $q))))))
            (local.set $odd
              (i64.add
                (local.get $odd)
                (i64.popcnt (i64.xor (i64.load offset=8 (local.get $at)) (i64.load offset=8 (local.get $q))))))
            (local.set $even
              (i64.add
                (local.get $even)
                (i64.popcnt (i64.xor (i64.load offset=16 (local.get $at)) (i64.load offset=16 (local.get $q))))))
            (local.set $odd
              (i64.add
                (local.get $odd)
                (i64.popcnt (i64.xor (i64.load offset=24 (local.get $at)) (i64.load offset=24 (local.get $q))))))
            (local.set $even
              (i64.add
                (local.get $even)
                (i64.popcnt (i64.xor (i64.load offset=32 (local.get $at)) (i64.load offset=32 (local.get $q))))))
            (local.set $odd
              (i64.add
                (local.get $odd)
                (i64.popcnt (i64.xor (i64.load offset=40 (local.get $at)) (i64.load offset=40 (local.get $q))))))
            (local.set $even
              (i64.add
                (local.get $even)
                (i64.popcnt (i64.xor (i64.load offset=48 (local.get $at)) (i64.load offset=48 (local.get $q))))))
            (local.set $odd
              (i64.add
                (local.get $odd)
                (i64.popcnt (i64.xor (i64.load offset=56 (local.get $at)) (i64.load offset=56 (local.get $q))))))
            (local.set $q (i32.add (local.get $q) (i32.const 64)))
            (local.set $at (i32.add (local.get $at) (i32.const 64)))
            (br $more)))
        (block $summed
          (loop $more
            (br_if $summed (i32.ge_u (local.get $at) (local.get $codes)))
            (local.set $even
              (i64.add
                (local.get $even)
                (i64.popcnt (i64.xor (i64.load (local.get $at)) (i64.load (local.get $q))))))
            (local.set $odd
              (i64.add
                (local.get $odd)
                (i64.popcnt (i64.xor (i64.load offset=8 (local.get $at)) (i64.load offset=8 (local.get $q))))))
            (local.set $q (i32.add (local.get $q) (i32.const 16)))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (br $more)))
        (local.set $even (i64.add (local.get $even) (local.get $odd)))
        (if (i64.le_u (local.get $even) (i64.extend_i32_u (local.get $limit)))
          (then
            (i32.store (local.get $out) (local.get $number))
            (i32.store offset=4 (local.get $out) (i32.wrap_i64 (local.get $even)))
            (local.set $out (i32.add (local.get $out) (i32.const 8)))))
        (local.set $number (i32.add (local.get $number) (i32.const 1)))
        (br $next)))
    (local.get $out)))
