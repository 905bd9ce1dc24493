using System.Globalization;

namespace MizarLab.Harness.Namespaces;

/// <summary>What <c>/proc</c> says of processes.</summary>
internal static class ProcessTable
{
    /// <summary>
    /// The process's start in clock ticks since boot, field 22 of <c>/proc/PID/stat</c>; null when there is no such process or it has ended and
    /// only waits to be asked how.
    /// </summary>
    public static string? StartTime(int process)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            // Field 2, the name, may itself hold blanks and brackets: count from its last bracket.
            string[] after = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            bool ended = after[0] is "Z" or "X";
            return ended ? null : after[19];
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return null;
        }
    }
}
