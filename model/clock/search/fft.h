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
    void forward(std::vector<Complex> &data) const { transform(data, false); }
    void inverse(std::vector<Complex> &data) const { transform(data, true); }

private:
    void transform(std::vector<Complex> &data, bool inverse) const;

    std::size_t m_size;
    std::vector<Complex> m_roots; // exp(-2πi k / size), k < size / 2
    std::vector<std::uint32_t> m_reversed; // bits of the index
};

std::size_t powerOfTwoFrom(std::size_t least);

} // namespace exitscope
