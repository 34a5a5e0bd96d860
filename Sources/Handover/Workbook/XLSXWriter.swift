import CXLSXWriter
import Foundation

/// Writes a workbook as `.xlsx`, by libxlsxwriter.
///
/// Every formula is stored with its value, so that viewers which do not
/// recalculate show the same. The same workbook gives the same bytes.
public enum XLSXWriter {
  /// Writes beside the file first: one that is there stays as it was when
  /// something fails.
  ///
  /// - Throws: ``HandoverError``.
  public static func write(_ workbook: Workbook, to path: String) throws {
    let draft = path + ".part"
    defer { try? FileManager.default.removeItem(atPath: draft) }
    guard let book = workbook_new(draft) else {
      throw HandoverError(path: path, reason: "cannot be written")
    }
    // A fixed day: the file depends on nothing but its contents.
    var properties = lxw_doc_properties()
    properties.created = 946_684_800
    workbook_set_properties(book, &properties)
    let looks = Cell.Look.allCases.map { format($0, book) }
    for sheet in workbook.sheets {
      guard let page = workbook_add_worksheet(book, sheet.name) else {
        throw HandoverError(path: path, reason: "the sheet \(sheet.name) cannot be made")
      }
      write(sheet, page, looks)
    }
    for (name, reference) in workbook.names {
      guard workbook_define_name(book, name, "=" + reference) == LXW_NO_ERROR else {
        throw HandoverError(path: path, reason: "the name \(name) cannot be given to a cell")
      }
    }
    let error = workbook_close(book)
    guard error == LXW_NO_ERROR else {
      throw HandoverError(path: path, reason: String(cString: lxw_strerror(error)))
    }
    guard rename(draft, path) == 0 else {
      throw HandoverError(path: path, reason: String(cString: strerror(errno)))
    }
  }

  private static func write(
    _ sheet: Sheet,
    _ page: UnsafeMutablePointer<lxw_worksheet>,
    _ looks: [UnsafeMutablePointer<lxw_format>?]
  ) {
    for (column, width) in sheet.widths.enumerated() {
      worksheet_set_column(page, UInt16(column), UInt16(column), width, nil)
    }
    worksheet_freeze_panes(page, 1, 1)
    for (row, cells) in sheet.rows.enumerated() {
      for (column, cell) in cells.enumerated() {
        let (row, column) = (UInt32(row), UInt16(column))
        switch cell {
        case .empty: break
        case .text(let text, let look):
          worksheet_write_string(page, row, column, text, looks[look.rawValue])
        case .number(let value, let look):
          worksheet_write_number(page, row, column, value, looks[look.rawValue])
        case .formula(let formula, let value, let look):
          worksheet_write_formula_num(page, row, column, "=" + formula, looks[look.rawValue], value)
        case .textFormula(let formula, let text):
          worksheet_write_formula_str(page, row, column, "=" + formula, nil, text)
        }
      }
    }
  }

  private static func format(_ look: Cell.Look, _ book: UnsafeMutablePointer<lxw_workbook>)
    -> UnsafeMutablePointer<lxw_format>?
  {
    let format = workbook_add_format(book)
    switch look {
    case .plain: break
    case .heading: format_set_bold(format)
    case .note: format_set_italic(format)
    case .money: format_set_num_format(format, "#,##0")
    case .cents: format_set_num_format(format, "#,##0.00")
    case .price: format_set_num_format(format, "0.0000")
    case .percent: format_set_num_format(format, "0.0%")
    case .count: format_set_num_format(format, "#,##0")
    case .figure: format_set_num_format(format, "General")
    }
    return format
  }
}
