namespace MizarLab.Cli;

/// <summary>What every bench does with its results, and on its way to them.</summary>
/// <param name="json">JSON to standard output, and nothing else there.</param>
/// <param name="folder">Where <paramref name="name"/>.md and .json go; null: nowhere.</param>
/// <param name="name">Of the bench.</param>
internal sealed class BenchOutput(bool json, string? folder, string name)
{
    /// <summary>Before the minutes of work that lead to them: makes sure that the files can be written.</summary>
    /// <exception cref="UserError">They cannot.</exception>
    public void MakeWay()
    {
        if (folder is null)
        {
            return;
        }
        if (File.Exists(folder))
        {
            throw new UserError($"{folder}: a file, where a folder is wanted");
        }
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new UserError(UserFile.Told(folder, trouble));
        }
        UserFile.MakeWay(Path.Combine(folder, name + ".md"));
        UserFile.MakeWay(Path.Combine(folder, name + ".json"));
    }

    /// <summary>Says on a terminal what is being done.</summary>
    public void Progress(string what)
    {
        if (!json)
        {
            StatusLine.Show(what);
        }
    }

    /// <summary>Writes the files and the result asked for.</summary>
    public void Write(Func<string> text, Func<string> markdown, Action<Stream> writeJson)
    {
        Progress("");
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, name + ".md"), markdown());
            using FileStream file = File.Create(Path.Combine(folder, name + ".json"));
            writeJson(file);
        }
        if (json)
        {
            using Stream standard = Console.OpenStandardOutput();
            writeJson(standard);
        }
        else
        {
            Console.Out.Write(text());
        }
    }
}
