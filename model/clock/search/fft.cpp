// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/fft.h"

#include <cmath>
#include <cstdint>
#include <numbers>

namespace exitscope {

std::size_t powerOfTwoFrom(std::size_t least)
{
    std::size_t size = 1;
    while (size < least)
        size *= 2;
    return size;
}

Fft::Fft(std::size_t size) : m_size(size), m_roots(size / 2), m_reversed(size)
{
    for (std::size_t k = 0; k < size / 2; ++k) {
        const double angle = -2 * std::numbers::pi * double(k) / double(size);
        m_roots[k] = {float(std::cos(angle)), float(std::sin(angle))};
    }
    for (std::size_t i = 1; i < size; ++i)
        m_reversed[i] = std::uint32_t((m_reversed[i / 2] / 2) | ((i & 1) != 0 ? size / 2 : 0));
}

// Radix 2, decimation in time.
void Fft::transform(std::vector<Complex> &data, bool inverse) const
{
    for (std::size_t i = 0; i < m_size; ++i)
        if (i < m_reversed[i])
            std::swap(data[i], data[m_reversed[i]]);
    const float sign = inverse ? -1 : 1;
    for (std::size_t half = 1; half < m_size; half *= 2) {
        const std::size_t step = m_size / (2 * half);
        for (std::size_t block = 0; block < m_size; block += 2 * half) {
            Complex *low = &data[block];
            Complex *high = low + half;
            for (std::size_t k = 0; k < half; ++k) {
                const float cosine = m_roots[k * step].real();
                const float sine = sign * m_roots[k * step].imag();
                const float re = high[k].real() * cosine - high[k].imag() * sine;
                const float im = high[k].real() * sine + high[k].imag() * cosine;
                high[k] = {low[k].real() - re, low[k].imag() - im};
                low[k] = {low[k].real() + re, low[k].imag() + im};
            }
        }
    }
}

} // namespace exitscope
