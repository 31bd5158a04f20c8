/// Which instructions the kernels use. All give the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// Plain Rust.
    Scalar,
    /// 128-bit vectors of x86-64.
    #[cfg(target_arch = "x86_64")]
    Sse41,
    /// 256-bit vectors of x86-64.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 128-bit vectors of `AArch64`.
    #[cfg(target_arch = "aarch64")]
    Neon,
}

impl Path {
    /// Every path of this build, the quickest first.
    #[cfg(target_arch = "x86_64")]
    const ALL: &[Self] = &[Self::Avx2, Self::Sse41, Self::Scalar];
    #[cfg(target_arch = "aarch64")]
    const ALL: &[Self] = &[Self::Neon, Self::Scalar];
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    const ALL: &[Self] = &[Self::Scalar];

    /// The quickest that this processor has.
    pub fn best() -> Self {
        Self::available().next().unwrap_or(Self::Scalar)
    }

    /// Those that this processor has, the quickest first.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|path| path.is_available())
    }

    fn is_available(self) -> bool {
        match self {
            Self::Scalar => true,
            #[cfg(target_arch = "x86_64")]
            Self::Sse41 => std::is_x86_feature_detected!("sse4.1"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => std::is_x86_feature_detected!("avx2"),
            #[cfg(target_arch = "aarch64")]
            Self::Neon => std::arch::is_aarch64_feature_detected!("neon"),
        }
    }
}
