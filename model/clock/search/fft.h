// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <complex>
#include <cstdint>
#include <vector>

namespace exitscope {

// Fast Fourier transform of one size, a power of two.
class Fft {
public:
    using Complex = std::complex<float>;

    explicit Fft(std::size_t size);
    std::size_t size() const { return m_size; }

    // In place; `data` has size() values. The inverse is not scaled: both one after the other multiply by size().
    void forward(std::vector<Complex> &data) const { transform<1>(data); }
    void inverse(std::vector<Complex> &data) const { transform<-1>(data); }

private:
    struct Roots { // of one place of a step
        Complex once, twice, thrice;
    };
    template <int kSign>
    void transform(std::vector<Complex> &data) const;
    template <int kSign>
    static void step(Complex *block, std::size_t quarter, const Roots *roots);

    std::size_t m_size;
    std::vector<Roots> m_roots; // of all steps, one after the other: exp(-2πi k / length) and its powers
    std::vector<std::uint32_t> m_reversed; // bits of the index
};

std::size_t powerOfTwoFrom(std::size_t least);

} // namespace exitscope
