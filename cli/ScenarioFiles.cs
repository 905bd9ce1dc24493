using System.Text;
using MizarLab.Overlay;
using MizarLab.Scenarios;

namespace MizarLab.Cli;

/// <summary>Finds and reads the scenario files a user named: a file is itself, a folder is its own *.yaml files in order of name.</summary>
internal static class ScenarioFiles
{
    /// <summary>A scenario file larger than this is no scenario.</summary>
    private const int LimitBytes = 16 << 20;

    public static IReadOnlyList<Scenario> Load(IEnumerable<string> arguments) => [.. Find(arguments).Select(Load)];

    /// <exception cref="UserError">A path names nothing, or a folder without scenarios.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> arguments)
    {
        List<string> files = [];
        foreach (string argument in arguments)
        {
            if (Directory.Exists(argument))
            {
                string[] inside = Directory.GetFiles(argument, "*.yaml");
                if (inside.Length == 0)
                {
                    throw new UserError($"{argument}: no scenario (*.yaml) in this folder");
                }
                Array.Sort(inside, StringComparer.Ordinal);
                files.AddRange(inside);
            }
            else if (File.Exists(argument))
            {
                files.Add(argument);
            }
            else
            {
                throw new UserError($"{argument}: no such file or folder (mizarlab list scenarios shows the library's)");
            }
        }
        return files;
    }

    /// <exception cref="UserError">The file cannot be read.</exception>
    /// <exception cref="ScenarioException">The file is no valid scenario.</exception>
    public static Scenario Load(string file)
    {
        try
        {
            if (new FileInfo(file).Length > LimitBytes)
            {
                throw new UserError($"{file}: larger than {LimitBytes >> 20} MiB; a scenario is not");
            }
            return ScenarioLoader.Load(file, new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(file)));
        }
        catch (DecoderFallbackException trouble)
        {
            throw new UserError($"{file}: not UTF-8 at byte {trouble.Index}; save it as UTF-8");
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"{file}: {trouble.Message}");
        }
    }
}
