using System.Globalization;
using System.Text;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;

namespace MizarLab.Scenarios.Yaml;

/// <summary>The checks on a file's characters that come before YAML: its size, its encoding, tabs and control characters.</summary>
internal static class YamlText
{
    public const int LargestFile = ScenarioLoader.LargestFile;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes; null, and one error, when the bytes are too many or no UTF-8.</summary>
    public static string? Decode(ReadOnlySpan<byte> bytes, Diagnostics diagnostics)
    {
        if (bytes.Length > LargestFile)
        {
            diagnostics.Report(new SourcePlace(diagnostics.File, 1, 1), $"the file has {bytes.Length} bytes", $"at most {LargestFile} are read");
            return null;
        }
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        }
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            ReadOnlySpan<byte> good = bytes[..Math.Clamp(e.Index, 0, bytes.Length)];
            int line = good.Count((byte)'\n') + 1;
            int column = good.Length - (good.LastIndexOf((byte)'\n') + 1) + 1;
            diagnostics.Report(new SourcePlace(diagnostics.File, line, column), "the file is not UTF-8 text", "save it as UTF-8");
            return null;
        }
    }

    /// <summary>Reports what a YAML file of ours cannot hold; false when there was any.</summary>
    public static bool Check(string text, Diagnostics diagnostics)
    {
        if (text.Length > LargestFile)
        {
            diagnostics.Report(new SourcePlace(diagnostics.File, 1, 1), $"the file has {text.Length} characters", $"at most {LargestFile} are read");
            return false;
        }
        bool good = true;
        bool indent = true;
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\n')
            {
                line++;
                lineStart = i + 1;
                indent = true;
                continue;
            }
            if (c == '\t' && indent)
            {
                diagnostics.Report(new SourcePlace(diagnostics.File, line, i - lineStart + 1), "a tab cannot indent", "use spaces");
                good = false;
                indent = false;
            }
            else if (!IsText(text, i))
            {
                diagnostics.Report(
                    new SourcePlace(diagnostics.File, line, i - lineStart + 1),
                    string.Create(CultureInfo.InvariantCulture, $"character U+{(int)c:X4} is not text"),
                    c == '\uFFFD' ? "the file is not UTF-8; save it as UTF-8" : "remove it");
                good = false;
            }
            indent &= c == ' ';
        }
        return good;
    }

    private static bool IsText(string text, int i)
    {
        char c = text[i];
        return c switch
        {
            '\t' or '\r' => true,
            '\uFFFD' or '\uFFFE' or '\uFFFF' => false,
            '\uFEFF' => i == 0,
            _ when char.IsHighSurrogate(c) => i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]),
            _ when char.IsLowSurrogate(c) => i > 0 && char.IsHighSurrogate(text[i - 1]),
            _ => !char.IsControl(c),
        };
    }
}
