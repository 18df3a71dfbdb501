// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/fft.h"

#include <cmath>
#include <numbers>

namespace exitscope {

namespace {

using Complex = Fft::Complex;

// operator* of std::complex looks for infinities.
template <int kSign>
Complex product(Complex a, Complex root)
{
    const float imag = float(kSign) * root.imag();
    return {a.real() * root.real() - a.imag() * imag, a.real() * imag + a.imag() * root.real()};
}

Complex rootOf(std::size_t k, std::size_t length)
{
    const double angle = -2 * std::numbers::pi * double(k) / double(length);
    return {float(std::cos(angle)), float(std::sin(angle))};
}

// How long what the first step of four makes begins with: where the size is no power of four, one of two goes before.
std::size_t firstQuarter(std::size_t size)
{
    std::size_t quarter = 1;
    while (quarter * 4 <= size)
        quarter *= 4;
    return quarter == size ? 1 : 2;
}

} // namespace

std::size_t powerOfTwoFrom(std::size_t least)
{
    std::size_t size = 1;
    while (size < least)
        size *= 2;
    return size;
}

Fft::Fft(std::size_t size) : m_size(size), m_reversed(size)
{
    for (std::size_t quarter = firstQuarter(size); quarter < size; quarter *= 4)
        for (std::size_t k = 0; k < quarter; ++k)
            m_roots.push_back({rootOf(k, 4 * quarter), rootOf(2 * k, 4 * quarter), rootOf(3 * k, 4 * quarter)});
    for (std::size_t i = 1; i < size; ++i)
        m_reversed[i] = std::uint32_t((m_reversed[i / 2] / 2) | ((i & 1) != 0 ? size / 2 : 0));
}

// Four transforms of a quarter of the length to one of all of it.
template <int kSign>
void Fft::step(Complex *block, std::size_t quarter, const Roots *roots)
{
    for (std::size_t k = 0; k < quarter; ++k) {
        const Complex a = block[k];
        const Complex b = product<kSign>(block[k + quarter], roots[k].twice);
        const Complex c = product<kSign>(block[k + 2 * quarter], roots[k].once);
        const Complex d = product<kSign>(block[k + 3 * quarter], roots[k].thrice);
        const Complex even = a + b;
        const Complex odd = a - b;
        const Complex sum = c + d;
        const Complex difference = c - d;
        const Complex turned{float(kSign) * difference.imag(), float(-kSign) * difference.real()};
        block[k] = even + sum;
        block[k + quarter] = odd + turned;
        block[k + 2 * quarter] = even - sum;
        block[k + 3 * quarter] = odd - turned;
    }
}

// Radix 4, decimation in time.
template <int kSign>
void Fft::transform(std::vector<Complex> &data) const
{
    for (std::size_t i = 0; i < m_size; ++i)
        if (i < m_reversed[i])
            std::swap(data[i], data[m_reversed[i]]);
    std::size_t quarter = firstQuarter(m_size);
    for (std::size_t i = 0; quarter == 2 && i < m_size; i += 2) {
        const Complex first = data[i];
        data[i] = first + data[i + 1];
        data[i + 1] = first - data[i + 1];
    }
    for (const Roots *roots = m_roots.data(); quarter < m_size; roots += quarter, quarter *= 4)
        for (std::size_t block = 0; block < m_size; block += 4 * quarter)
            step<kSign>(&data[block], quarter, roots);
}

template void Fft::transform<1>(std::vector<Complex> &data) const;
template void Fft::transform<-1>(std::vector<Complex> &data) const;

} // namespace exitscope
