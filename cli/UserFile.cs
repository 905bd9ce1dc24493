namespace MizarLab.Cli;

/// <summary>Files a user names: what is wrong with one is told in words of theirs, and none is read that could not be what it should be.</summary>
internal static class UserFile
{
    /// <summary>Reads a file, or anything else that ends: a pipe, a shell's <c>&lt;(…)</c>.</summary>
    /// <param name="most">Bytes; a device that never ends must not be read to its end.</param>
    /// <exception cref="UserError">There is no such file, it may not be read, or it has more bytes.</exception>
    public static byte[] Read(string file, int most)
    {
        try
        {
            using FileStream stream = File.OpenRead(Existing(file));
            using MemoryStream bytes = new();
            byte[] buffer = new byte[1 << 16];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                if (bytes.Length + read > most)
                {
                    throw new UserError($"{file}: larger than {most >> 20} MiB, which no such file is");
                }
                bytes.Write(buffer, 0, read);
            }
            return bytes.ToArray();
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new UserError(Told(file, trouble));
        }
    }

    /// <returns>The same.</returns>
    /// <exception cref="UserError">It is no file.</exception>
    public static string Existing(string file) =>
        Directory.Exists(file) ? throw new UserError($"{file}: a folder, where a file is wanted")
        : File.Exists(file) ? file
        : throw new UserError($"{file}: no such file");

    /// <summary>Makes sure, before the work that leads to it, that a file can be written; one that an earlier run left must not be taken for this one's, and goes.</summary>
    /// <exception cref="UserError">It cannot be written.</exception>
    public static void MakeWay(string file)
    {
        Write(file, []);
        File.Delete(file);
    }

    /// <exception cref="UserError">It cannot be written.</exception>
    public static void Write(string file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            File.WriteAllBytes(file, bytes);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new UserError(Told(file, trouble));
        }
    }

    /// <summary>What went wrong with a path, which the runtime's message may name once more, or not at all.</summary>
    public static string Told(string path, Exception trouble) =>
        $"{path}: {(trouble is UnauthorizedAccessException ? "permission denied" : trouble.Message.Replace($" '{Path.GetFullPath(path)}'", "", StringComparison.Ordinal).TrimEnd('.', ' ', ':'))}";
}
