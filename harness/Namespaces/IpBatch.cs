using System.Text;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Namespaces;

/// <summary>
/// Lines for one run of <c>ip -batch</c>: a namespace and its link cost about a millisecond this way, twenty by single commands.
/// Words are checked: a word with a blank would be two.
/// </summary>
public sealed class IpBatch
{
    private readonly StringBuilder lines = new();

    public bool IsEmpty => lines.Length == 0;

    /// <summary>Adds one line, a word an argument.</summary>
    /// <exception cref="ArgumentException">A word is empty or holds something other than letters, digits and <c>-_.:/</c>.</exception>
    public IpBatch Add(params ReadOnlySpan<string> words)
    {
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i].Length == 0 || !words[i].All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/'))
            {
                throw new ArgumentException($"'{words[i]}' is not one word of an ip command");
            }
            lines.Append(i == 0 ? "" : " ").Append(words[i]);
        }
        lines.Append('\n');
        return this;
    }

    /// <summary>Runs all lines, in <paramref name="inside"/> or at home; stops at the first that fails.</summary>
    /// <exception cref="HarnessException">A line failed; the message has the line.</exception>
    public Task RunAsync(string? inside, CancellationToken cancel) => RunAsync("ip", inside, force: false, cancel);

    /// <summary>Runs all lines as commands of <c>bridge</c>.</summary>
    public Task RunBridgeAsync(string? inside, CancellationToken cancel) => RunAsync("bridge", inside, force: false, cancel);

    /// <summary>Runs every line although some fail: for removing what may be gone already.</summary>
    public Task RunForcedAsync(CancellationToken cancel) => RunAsync("ip", null, force: true, cancel);

    private async Task RunAsync(string program, string? inside, bool force, CancellationToken cancel)
    {
        if (IsEmpty)
        {
            return;
        }
        List<string> arguments = [];
        if (inside is not null)
        {
            arguments.AddRange(["-n", inside]);
        }
        if (force)
        {
            arguments.Add("-force");
        }
        arguments.AddRange(["-batch", "-"]);
        string text = lines.ToString();
        Command.Answer answer = await Command.RunAsync(program, arguments, text, TimeSpan.FromSeconds(20), cancel).ConfigureAwait(false);
        if (answer.ExitCode != 0 && !force)
        {
            throw new HarnessException($"{program}{(inside is null ? "" : $" in {inside}")}: {answer.Errors.Trim()}{Culprit(answer.Errors, text)}");
        }
    }

    /// <summary>The batch names the culprit as <c>Command failed -:7</c>.</summary>
    private static string Culprit(string errors, string text)
    {
        int colon = errors.LastIndexOf("-:", StringComparison.Ordinal);
        return colon >= 0 && int.TryParse(errors.AsSpan(colon + 2).Trim(), out int line) && text.Split('\n') is var all && line >= 1 && line <= all.Length
            ? $": '{all[line - 1]}'"
            : "";
    }
}
