namespace MizarLab.Reports;

/// <summary>A file that appears whole or not at all: written beside its place, then renamed.</summary>
internal static class OutputFile
{
    public static async Task WriteAsync(string path, Func<Stream, Task> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = path + ".part";
        try
        {
            await using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                await content(stream);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    public static Task WriteTextAsync(string path, string text) =>
        WriteAsync(path, async stream => await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text)));
}
