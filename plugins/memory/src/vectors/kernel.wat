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

  ;; Writes, for each of `count` codes, in how many bits it differs from the query.
  (func (export "differences")
    (param $query i32) (param $codes i32) (param $count i32) (param $stride i32) (param $out i32)
    (local $end i32) (local $at i32) (local $q i32) (local $sum v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $sum (v128.const i32x4 0 0 0 0))
        (local.set $q (local.get $query))
        (local.set $at (local.get $codes))
        (local.set $codes (i32.add (local.get $codes) (local.get $stride)))
        (loop $more
          (local.set $sum
            (i16x8.add
              (local.get $sum)
              (i16x8.extadd_pairwise_i8x16_u
                (i8x16.popcnt (v128.xor (v128.load (local.get $at)) (v128.load (local.get $q)))))))
          (local.set $q (i32.add (local.get $q) (i32.const 16)))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $more (i32.lt_u (local.get $at) (local.get $codes))))
        (local.set $sum (i32x4.extadd_pairwise_i16x8_u (local.get $sum)))
        (i32.store
          (local.get $out)
          (i32.add
            (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
            (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $next)))))
