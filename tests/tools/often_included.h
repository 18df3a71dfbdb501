// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What nearly every test includes, compiled once for all of them (tests/CMakeLists.txt). No source includes it itself.
#include <QtTest>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
