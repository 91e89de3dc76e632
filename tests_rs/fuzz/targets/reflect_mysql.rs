#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::reflect_mysql::run(data));
