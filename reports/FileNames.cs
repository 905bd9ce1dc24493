using System.Globalization;
using System.Text;

namespace MizarLab.Reports;

/// <summary>Names of the files of a report. A scenario's name is a user's text: of it only letters, digits and dashes reach a file name.</summary>
public static class FileNames
{
    public const string Report = "report.html";
    public const string Figures = "figures";
    public const string Captures = "captures";

    /// <summary><c>01-two-networks-in-one-vpc</c>: the scenario's number in the run, from 1, keeps names apart that fold to one.</summary>
    public static string Of(int scenario, string name)
    {
        StringBuilder slug = new();
        foreach (char c in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            {
                slug.Append(c);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
            if (slug.Length == 48)
            {
                break;
            }
        }
        return $"{(scenario + 1).ToString("00", CultureInfo.InvariantCulture)}-{slug.ToString().Trim('-')}".TrimEnd('-');
    }

    /// <summary>A capture's place relative to the run's folder: <c>captures/01-demo-model.pcapng</c>.</summary>
    public static string Capture(int scenario, string name, string backend) =>
        $"{Captures}/{Of(scenario, name)}-{string.Concat(backend.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-'))}.pcapng";
}
