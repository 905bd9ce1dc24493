using MizarLab.Harness.Bpf;

namespace MizarLab.Tests.Bpf;

/// <summary>Folders of compiled objects other than the repository's.</summary>
internal static class ObjectFolders
{
    /// <summary>A copy in a temporary folder, which is the caller's to delete.</summary>
    /// <param name="withLab">With the objects that are compiled for the default switches of <c>lab</c>.</param>
    public static string Copy(bool withLab)
    {
        string from = BpfObjects.Locate(), folder = Directory.CreateTempSubdirectory("mizarlab-bpf-").FullName;
        CopyFiles(from, folder);
        if (withLab)
        {
            CopyFiles(Path.Combine(from, "lab"), Directory.CreateDirectory(Path.Combine(folder, "lab")).FullName);
            CopyFiles(Path.Combine(from, "lab", "usual"), Directory.CreateDirectory(Path.Combine(folder, "lab", "usual")).FullName);
        }
        return folder;
    }

    private static void CopyFiles(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*.o"))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
