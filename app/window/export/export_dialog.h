// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QTimer>

#include <functional>

#include "app/window/export/picture_work.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QSpinBox;

namespace exitscope {

// What the dialog may draw, asked anew for every picture: the window goes on living below it.
struct PictureSource {
    std::function<ChartInput()> input;
    std::function<PictureOptions(ChartKind)> options; // as on the screen, its size among them
    QString recording; // its name
};

// "Export image…": which chart, how large, into which file; shows beforehand what it will be.
class ExportDialog : public QDialog {
    Q_OBJECT

public:
    ExportDialog(PictureSource source, ChartKind chart, const QString &directory, QWidget *parent = nullptr);

    // Another recording is shown now.
    void setRecordingName(const QString &name);
    // While numbers are computed nothing can be written.
    void setReady(bool ready);
    // What is drawn may have changed.
    void refresh();

    QString path() const;
    void setPath(const QString &path);
    void setPictureSize(QSize size);
    QComboBox *chartChoice() { return m_chart; }
    QComboBox *formatChoice() { return m_format; }
    QComboBox *scaleChoice() { return m_scale; }
    QComboBox *themeChoice() { return m_theme; }
    QCheckBox *captionChoice() { return m_caption; }
    QPushButton *writeButton() { return m_write; }
    QPushButton *closeButton() { return m_close; }
    const PictureWork &writing() const { return m_writing; }
    QString problem() const;

Q_SIGNALS:
    void written(const QString &path);
    void previewed();

public Q_SLOTS:
    void reject() override; // while it writes it ends that; then it stays, for what is told

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void build();
    void chooseChart();
    void followFormat();
    void followPath();
    void preview();
    void browse();
    void write();
    void showPreview(const QImage &image);
    void finish(const QString &error);
    void followWriting();
    void say(const QString &problem, bool asksToOverwrite = false);
    ChartKind chart() const;
    PictureFormat format() const;
    ChartInput input() const;
    PictureOptions options() const;

    PictureSource m_source;
    QString m_directory;
    bool m_isReady = true;
    QTimer m_calm; // no preview before it ends: what is shown may change with every move of the pointer
    bool m_asksToOverwrite = false;
    bool m_isOwnName = false; // the user named the file
    QComboBox *m_chart, *m_format, *m_scale, *m_theme;
    QCheckBox *m_caption;
    QSpinBox *m_width, *m_height;
    QLineEdit *m_path;
    QLabel *m_preview, *m_problem;
    QPushButton *m_write, *m_close;
    QProgressBar *m_progress;
    PictureFile m_file; // that is written
    bool m_overwrites = false;
    PictureWork m_previewing, m_writing;
};

} // namespace exitscope
