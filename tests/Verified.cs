using System.Runtime.CompilerServices;
using System.Text;

namespace MizarLab.Tests;

/// <summary>
/// Compares text with a file kept beside the test: <c>Class.Method.verified.txt</c>. When they differ the text is left as
/// <c>Class.Method.received.txt</c>; who finds it right renames it. The names are those of Verify, which may take over.
/// </summary>
internal static class Verified
{
    /// <summary>Lines around the first difference in the failure's message.</summary>
    private const int Context = 3;

    public static void Equal(string text, [CallerFilePath] string file = "", [CallerMemberName] string method = "")
    {
        // CallerFilePath is the compiler's; the folder is found from the checkout so that a test assembly may be moved.
        string folder = Path.Combine(Repository.Root, "tests", Path.GetFileName(Path.GetDirectoryName(file)!));
        string name = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(file)}.{method}");
        string verified = name + ".verified.txt";
        string received = name + ".received.txt";
        string[] actual = Lines(text);
        string[] expected = File.Exists(verified) ? Lines(File.ReadAllText(verified)) : [];
        if (File.Exists(verified) && actual.AsSpan().SequenceEqual(expected))
        {
            File.Delete(received);
            return;
        }
        File.WriteAllText(received, string.Join('\n', actual) + "\n");
        Assert.Fail(File.Exists(verified)
            ? $"differs from {Path.GetFileName(verified)} (now in {received}):\n{FirstDifference(expected, actual)}"
            : $"there is no {Path.GetFileName(verified)}; if {received} is right, rename it");
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    private static string FirstDifference(string[] expected, string[] actual)
    {
        int at = 0;
        while (at < expected.Length && at < actual.Length && expected[at] == actual[at])
        {
            at++;
        }
        StringBuilder message = new();
        for (int i = Math.Max(0, at - Context); i < at; i++)
        {
            message.Append($"    {expected[i]}\n");
        }
        message.Append($"  − {(at < expected.Length ? expected[at] : "(end)")}\n  + {(at < actual.Length ? actual[at] : "(end)")}\n");
        return message.Append($"at line {at + 1}").ToString();
    }
}
